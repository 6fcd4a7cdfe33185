// SPDX-License-Identifier: EUPL-1.2
// Additions only: every page works without this file. No dependency, no request to another site.
(() => {
	'use strict';

	// "noch 120 Zeichen" below a text area
	for (const area of document.querySelectorAll('textarea[data-count]')) {
		const most = Number(area.getAttribute('maxlength'));
		const line = document.getElementById(area.dataset.count);
		if (!most || !line) continue;
		const say = () => {
			const left = most - area.value.length;
			line.textContent = left < most / 4 ? line.dataset.left.replace('{n}', left) : line.dataset.all;
		};
		area.addEventListener('input', say);
		say();
	}

	// "none of these" and the other boxes untick one another
	for (const alone of document.querySelectorAll('input[data-alone]')) {
		const others = [...alone.form.querySelectorAll(`input[name="${CSS.escape(alone.dataset.alone)}"]`)].filter((box) => box !== alone);
		alone.addEventListener('change', () => {
			if (alone.checked) for (const box of others) box.checked = false;
		});
		for (const box of others) box.addEventListener('change', () => { if (box.checked) alone.checked = false; });
	}

	// a second press of a send button within three seconds is a slip; coming back to the page begins anew
	const sent = new WeakMap();
	for (const form of document.querySelectorAll('form[method=post]')) {
		form.addEventListener('submit', (event) => {
			if (Date.now() - (sent.get(form) ?? 0) < 3000) event.preventDefault();
			else sent.set(form, Date.now());
		});
	}
	addEventListener('pageshow', () => {
		for (const form of document.forms) sent.delete(form);
	});

	// a chosen file is sent at once, the page shows it in the list
	for (const input of document.querySelectorAll('input[type=file][data-upload]')) {
		input.addEventListener('change', () => {
			const button = document.getElementById(input.dataset.upload);
			if (input.files.length && button) input.form.requestSubmit(button);
		});
	}

	// schalter preview: a saved package shows at once; what is being typed is not thrown away for it
	const live = document.querySelector('[data-live]');
	if (live) {
		let typed = false;
		document.addEventListener('input', () => { typed = true; });
		const ask = async () => {
			try {
				const stand = document.hidden ? live.dataset.stand : (await (await fetch(live.dataset.live)).text()).trim();
				if (stand !== live.dataset.stand && !typed) {
					location.replace(location.href);
					return;
				}
				if (stand !== live.dataset.stand) {
					live.dataset.stand = stand;
					live.classList.remove('s-vh');
					live.textContent = live.dataset.text;
				}
			} catch { /* the preview has ended: the page stays as it is */ }
			setTimeout(ask, 700);
		};
		setTimeout(ask, 700);
	}

	for (const button of document.querySelectorAll('button[data-copy]')) {
		const source = document.getElementById(button.dataset.copy);
		if (!source || !navigator.clipboard) continue;
		button.hidden = false;
		button.addEventListener('click', async () => {
			await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
			button.querySelector('.kern-label').textContent = button.dataset.done;
		});
	}

	for (const button of document.querySelectorAll('button[data-print]')) {
		button.hidden = false;
		button.addEventListener('click', () => print());
	}

	// Passkeys: the options come from the server as JSON, the answer goes back in a hidden field of the form
	const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
	const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
	const shape = (credential, response) => ({ id: credential.id, rawId: credential.id, type: credential.type, response });
	const ids = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));
	for (const form of document.querySelectorAll('form[data-passkey]')) {
		if (!window.PublicKeyCredential) continue;
		form.hidden = false;
		form.addEventListener('submit', async (event) => {
			if (form.elements.passkey.value) return;
			event.preventDefault();
			event.stopImmediatePropagation();
			const wrong = form.querySelector('[data-failed]');
			try {
				const publicKey = JSON.parse(form.dataset.passkey);
				publicKey.challenge = bytes(publicKey.challenge);
				let answer;
				if (publicKey.user) {
					publicKey.user.id = bytes(publicKey.user.id);
					publicKey.excludeCredentials = ids(publicKey.excludeCredentials);
					const made = await navigator.credentials.create({ publicKey });
					answer = shape(made, { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) });
				} else {
					publicKey.allowCredentials = ids(publicKey.allowCredentials);
					const got = await navigator.credentials.get({ publicKey });
					answer = shape(got, {
						clientDataJSON: text(got.response.clientDataJSON), authenticatorData: text(got.response.authenticatorData),
						signature: text(got.response.signature), ...(got.response.userHandle && { userHandle: text(got.response.userHandle) }),
					});
				}
				form.elements.passkey.value = JSON.stringify(answer);
				form.submit();
			} catch (error) {
				if (wrong) wrong.hidden = false;
			}
		}, true);
	}
})();
