/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include "view_gallery.h"

const str long_text = STR_INIT("Eine sehr lange Angabe, wie sie wirklich vorkommt: Rechtsanwältin Dr. Wilhelmine-Charlotte von Hohenstein-Oberlausitz, c/o "
			       "Verwaltungsgemeinschaft Königsbrück-Laußnitz, Hinterhaus, dritter Stock links, bitte zweimal klingeln");
const str long_word = STR_INIT("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzesentwurfsvorlagenverzeichnis@"
			       "straßenverkehrszulassungsordnungsbehörde.example.org");

struct page_view sample_page(str title)
{
	return (struct page_view){
		.title = title,
		.town = S("Stadt Radeberg"),
		.home = S("/radeberg"),
		.nav = NAV_SERVICES,
		.demo = true,
		.lang_href = S("?lang=en"),
		.path = S("/radeberg"),
		.csrf = S("token"),
	};
}

struct page_view sample_portal(str title)
{
	return (struct page_view){ .title = title, .nav = NAV_SERVICES, .demo = true, .lang_href = S("?lang=en"), .path = S("/"), .csrf = S("token") };
}

struct page_view sample_clerk(str title)
{
	return (struct page_view){
		.title = title,
		.area = AREA_CLERK,
		.nav = NAV_INBOX,
		.town = S("Stadt Radeberg"),
		.demo = true,
		.user = S("Sabine Albers"),
		.office = S("Steueramt"),
		.desk = true,
		.admin = true,
		.csrf = S("token"),
	};
}

struct contact_view sample_contact(void)
{
	return (struct contact_view){
		.name = S("Steueramt, Zimmer 2.14"),
		.street = S("Markt 17"),
		.town = S("01454 Radeberg"),
		.phone = S("03528 4500"),
		.phone_href = S("tel:+493528450"),
		.hours = S("Mo bis Fr, 8 bis 12 Uhr"),
		.email = S("steueramt@radeberg.example"),
		.web = S("radeberg.example"),
		.web_href = S("https://radeberg.example/"),
	};
}

struct post_view sample_post(str action)
{
	return (struct post_view){ .action = action, .csrf = S("token"), .once = S("einmal") };
}

struct steps_view sample_steps(int current)
{
	static struct step_view step[6];
	static const str title[] = { STR_INIT("Wohnort"), STR_INIT("Zu Ihnen"), STR_INIT("Ihre Hunde"), STR_INIT("Versicherung"), STR_INIT("Zahlung"),
				     STR_INIT("Prüfen und absenden") };

	for (int i = 0; i < 6; i++)
		step[i] = (struct step_view){
			.title = title[i],
			.state = i + 1 < current ? STEP_DONE : i + 1 == current ? STEP_CURRENT : STEP_TODO,
			.href = i + 1 < current ? S("/antrag/abc/seite") : STR_EMPTY,
		};
	return (struct steps_view){ .title = S("Hund anmelden"), .step = step, .steps = 6, .current = current };
}

void gallery_write(struct gallery *g, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.html", g->dir, name);
	f = fopen(path, "w");
	if (!f || fwrite(g->b.p, 1, g->b.n, f) != g->b.n || fclose(f) != 0) {
		perror(path);
		_Exit(1);
	}
	g->pages++;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new(1 << 16);
	struct gallery g = { .dir = argc > 1 ? argv[1] : NULL };

	if (!g.dir) {
		fprintf(stderr, "usage: view_gallery DIR\n");
		return 2;
	}
	g.b = buf_new(a, 1 << 16);
	gallery_citizen(&g);
	gallery_form(&g);
	gallery_case(&g);
	gallery_account(&g);
	gallery_clerk(&g);
	gallery_author(&g);
	printf("%d pages\n", g.pages);
	arena_free(a);
	return 0;
}
