#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""tools/template-compiler: what it makes of a template, and everything that it refuses."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
TEXTS = {
    'de/a.yaml': 'a:\n  plain: Ein <Text> & "mehr"\n  name: Guten Tag, {name}\n  many:\n    one: Eine Datei\n    other: "{n} Dateien"\n'.replace('<Text>', 'Text'),
    'en/a.yaml': 'a:\n  plain: A text & "more"\n  name: Hello, {name}\n  many:\n    one: One file\n    other: "{n} files"\n',
}
ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16"/></svg>\n'


class Case(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.dir = self.tmp.name
        for name, content in TEXTS.items():
            path = os.path.join(self.dir, 'texts', name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(content)
        os.makedirs(os.path.join(self.dir, 'icons'))
        self.write('icons/dash.svg', ICON)
        os.makedirs(os.path.join(self.dir, 'out'))

    def tearDown(self):
        self.tmp.cleanup()

    def write(self, name, content):
        with open(os.path.join(self.dir, name), 'w', encoding='utf-8') as f:
            f.write(content)

    def run_compiler(self, template):
        self.write('x.html', template)
        return subprocess.run([sys.executable, os.path.join(HERE, 'template-compiler'), '--texts', os.path.join(self.dir, 'texts'), '--icons', os.path.join(self.dir, 'icons'),
                               '--out', os.path.join(self.dir, 'out'), '--root', self.dir, os.path.join(self.dir, 'x.html')], capture_output=True, text=True, check=False)

    def compile(self, body, params='str s, int n, bool c, struct html_safe h'):
        done = self.run_compiler(f'%view x({params})\n{body}')
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.dir, 'out/x_view.c'), encoding='utf-8') as f:
            return f.read()

    def refuse(self, body, because, line=None):
        done = self.run_compiler(f'%view x(str s, int n, bool c, struct html_safe h)\n{body}')
        self.assertEqual(done.returncode, 1, f'was accepted: {body}')
        self.assertRegex(done.stderr, because, body)
        if line:
            self.assertIn(f'x.html:{line}:', done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.dir, 'out/x_view.c')), 'C was written all the same')

    # --- escaping by context
    def test_an_expression_is_escaped_by_where_it_stands(self):
        for body, fn in [
            ('<p>{{s}}</p>', 'html_text'), ('<title>{{s}}</title>', 'html_text'), ('<textarea>{{s}}</textarea>', 'html_text'),
            ('<p title="{{s}}">a</p>', 'html_attr'), ("<p title='{{s}}'>a</p>", 'html_attr'), ('<input value="a {{s}} b">', 'html_attr'),
            ('<a href="{{s}}">a</a>', 'html_url'), ('<a href="/x/{{s}}">a</a>', 'html_url_part'), ('<form action="{{s}}"></form>', 'html_url'),
            ('<button formaction="{{s}}">a</button>', 'html_url'), ('<img src="{{s}}" alt="">', 'html_url'), ('<a href="mailto:{{s}}">a</a>', 'html_url_part'),
            ('<a href="{{s}}/{{s}}">a</a>', 'html_url_part'),
        ]:
            self.assertIn(f'\t{fn}(b, s);', self.compile(body), body)

    def test_the_first_expression_of_a_url_is_checked_whole_and_later_ones_are_encoded(self):
        c = self.compile('<a href="{{s}}/suche?q={{s}}">a</a>')
        self.assertLess(c.index('html_url(b, s)'), c.index('html_url_part(b, s)'))

    def test_optional_attributes_are_escaped_like_others(self):
        self.assertIn('html_attr(b, value_)', self.compile('<p {{@title s}}>a</p>'))
        self.assertIn('html_url(b, value_)', self.compile('<a {{@href s}}>a</a>'))
        self.assertIn('if (c)', self.compile('<input {{?checked c}}>'))
        self.assertIn('buf_int(b, +(n))', self.compile('<input {{@int maxlength n}}>'))

    # --- what is refused
    def test_expressions_are_refused_where_no_escaping_is_safe(self):
        for body, because in [
            ('<p onclick="{{s}}">a</p>', 'event handler'), ('<p onclick="a()">a</p>', 'event handler'), ('<p ONCLICK="a()">a</p>', 'event handler'),
            ('<p style="{{s}}">a</p>', 'style='), ('<p style="color:red">a</p>', 'style='), ('<p {{@style s}}>a</p>', 'style='), ('<p {{?onclick c}}>a</p>', 'event handler'),
            ('<p {{@onclick s}}>a</p>', 'event handler'), ('<script src="/a.js">{{s}}</script>', '<script>'), ('<script src="/a.js">x()</script>', 'inline script'),
            ('<script>x()</script>', 'without src'), ('<style>p{}</style>', '<style>'), ('<p title={{s}}>a</p>', 'quoted'), ('<p title=a>a</p>', 'quoted'),
            ('<p {{s}}>a</p>', 'in a tag'), ('<{{s}}>a</p>', 'lone "<"|in a tag'), ('<p{{s}}>a</p>', 'in a tag'), ('<!-- {{s}} -->', 'comment'),
            ('<iframe srcdoc="{{s}}"></iframe>', 'iframe'), ('<object data="{{s}}"></object>', 'object'), ('<embed src="/x">', 'embed'), ('<base href="/">', 'base'),
            ('<meta http-equiv="refresh" content="{{s}}">', 'http-equiv'), ('<img srcset="{{s}}" alt="">', 'srcset'), ('<a href="javascript:x()">a</a>', 'scheme'),
            ('<a href="javascript:{{s}}">a</a>', 'scheme'), ('<a href="data:text/html,x">a</a>', 'scheme'), ('<p title="{{safe h}}">a</p>', 'safe'),
            ('<a href="{{# a.plain}}">a</a>', 'no URL'), ('<p title="{{icon dash}}">a</p>', 'icon'), ('<p title="{{> x(s)}}">a</p>', 'in text only'),
            ('<title>{{safe h}}</title>', 'safe'),
        ]:
            with self.subTest(body):
                self.refuse(body, because)

    def test_html_that_does_not_balance_is_refused(self):
        for body, because in [
            ('<div>', 'not closed'), ('</div>', 'closes nothing'), ('<div><p></div></p>', 'where <p> is open'), ('<p title="a>', 'ends inside|"<"'), ('<p', 'ends inside'),
            ('<p title="a" title="b">a</p>', 'twice'), ('a > b', 'lone ">"'), ('a < b', 'lone "<"'), ('<p title="a<b">a</p>', '"<" in the value'),
        ]:
            with self.subTest(body):
                self.refuse(body, because)

    def test_a_block_ends_in_the_context_in_which_it_began(self):
        for body in ['% if (c) {\n<div>\n% }\n</div>', '<div>\n% if (c) {\n</div>\n% }', '<p title="\n% if (c) {\na">\n% }\nb</p>', '<p{{if c}} title="a{{end}}">b</p>',
                     '% if (c) {\n<p>a</p>\n% } else {\n<p>b\n% }\n</p>', '% for (;;) {\n<ul>\n% }\n</ul>']:
            with self.subTest(body):
                self.refuse(body, 'another HTML context')
        self.compile('% if (c) {\n<p>a</p>\n% } else if (n) {\n<p>b</p>\n% } else {\n<p>c</p>\n% }')
        self.compile('<p class="a{{if c}} b{{else}} c{{end}}"{{if c}} title="a"{{else}} title="b"{{end}}>d</p>')

    def test_blocks_and_braces_balance(self):
        for body, because in [('% if (c) {\na', 'not closed'), ('a\n% }', 'closes nothing'), ('{{if c}}a', 'not closed'), ('{{end}}', 'closes nothing'), ('{{if c}}a\n% }', 'the way it was opened'),
                              ('% if (c)\na', 'needs braces'), ('{{if}}a{{end}}', 'needs a condition'), ('{{s', 'without'), ('% case 1:\n', 'switch'), ('% break;\n', 'switch')]:
            with self.subTest(body):
                self.refuse(body, because)
        self.compile('% if (str_eq(s, S("}{"))) {\na\n% }')  # braces in strings do not count

    def test_control_flow_that_leaves_the_html_behind_is_refused(self):
        for statement in ['return;', 'goto out;', 'if (c) { return; }', 'for (;;) { continue; }']:
            with self.subTest(statement):
                self.refuse(f'% {statement}\n', 'no return, goto, continue|switch')
        self.refuse('% switch (n) {\n% case 1:\n<p>\n% break;\n% }\n</p>', 'switch of line 2 began')

    def test_a_template_cannot_write_past_the_escaping(self):
        self.refuse('% buf_put(b, s);\n', 'calling buf_ or html_')
        self.refuse('% html_lit(b, "<b>");\n', 'calling buf_ or html_')

    def test_texts_exist_and_get_their_arguments(self):
        for body, because in [('{{# a.none}}', 'no text "a.none"'), ('{{# a.name}}', r"placeholders \['name'\], given are \[\]"), ('{{# a.plain(name=s)}}', 'given are'),
                              ('{{# a.name(name=s, x=s)}}', 'given are'), ('{{# a.name(s)}}', 'not name=expression')]:
            with self.subTest(body):
                self.refuse(body, because)
        self.assertIn('text_html(lang, TX_A_PLAIN)', self.compile('<p title="{{# a.plain}}">{{# a.plain}}</p>'))
        self.assertIn('VIEW_ARG("name", f(s, n))', self.compile('{{# a.name(name=f(s, n))}}'))
        self.assertIn('TEXT_N(n)', self.compile('{{# a.many(n=n)}}'))
        self.assertIn('text_html(lang, TX_A_NAME)', self.compile('<p data-x="{{#= a.name}}">a</p>'))

    def test_icons_exist_and_hold_nothing_but_shapes(self):
        self.refuse('{{icon none}}', 'there is no ui/icons/none.svg')
        self.assertIn('aria-hidden=\\"true\\"', self.compile('{{icon dash}}'))
        for bad in ['<svg viewBox="0 0 48 48"><path d="M0 0"/></svg>', ICON.replace('<path', '<script>x</script><path'), ICON.replace('<path', '<path onload="x"'), ICON.replace('<path', '<path style="x"'),
                    ICON.replace('<path', '<path fill="red"'), ICON.replace('<path', '<image href="x"/><path')]:
            self.write('icons/bad.svg', bad)
            done = self.run_compiler('%view x(str s)\n{{s}}')
            self.assertEqual(done.returncode, 1, bad)
            self.assertIn('bad.svg', done.stderr)

    def test_a_file_begins_with_a_view(self):
        done = self.run_compiler('<p>a</p>\n%view x(str s)\n')
        self.assertEqual(done.returncode, 1)
        self.assertIn('x.html:1: a template begins with', done.stderr)
        self.assertEqual(self.run_compiler('%view X(str s)\n').returncode, 1)
        self.assertEqual(self.run_compiler('%view x(str s)\n{{s}}\n%view x(str s)\n{{s}}').returncode, 1)

    def test_a_fault_names_its_own_line(self):
        self.refuse('<p>a</p>\n<p>b</p>\n<p onclick="x">c</p>', 'event handler', line=4)
        self.refuse('<p>a</p>\n% if (c) {\n<p>\n% }', 'another HTML context', line=5)

    # --- what comes out
    def test_a_wrong_field_is_a_compile_error_at_the_line_of_the_template(self):
        c = self.compile('<p>a</p>\n<p>{{s}}</p>')
        self.assertIn('#line 3 "x.html"\n\thtml_text(b, s);', c)
        stub = os.path.join(self.dir, 'out/web')
        os.makedirs(stub)
        with open(os.path.join(stub, 'views.h'), 'w', encoding='utf-8') as f:
            f.write('#include "base/html.h"\nenum lang { LANG_DE };\n')
        for expr, problem in [('v->none', 'no member'), ('v->number', 'incompatible type'), ('"text"', 'incompatible type')]:
            self.compile('<p>\n{{' + expr + '}}</p>', 'const struct thing *v')
            with open(os.path.join(stub, 'views.h'), 'a', encoding='utf-8') as f:
                f.write('#ifndef THING\n#define THING\nstruct thing { str s; int number; };\n#endif\n')
            cc = subprocess.run(['cc', '-std=gnu17', '-fsyntax-only', '-I', os.path.join(self.dir, 'out'), '-I', os.path.join(ROOT, 'src'), os.path.join(self.dir, 'out/x_view.c')],
                                capture_output=True, text=True, check=False)
            self.assertNotEqual(cc.returncode, 0, expr)
            self.assertRegex(cc.stderr, r'x\.html:3:.*error', expr)
            self.assertIn(problem, cc.stderr)

    def literals(self, body):
        return ''.join(re.findall(r'buf_putn\(b, "(.*)", \d+\);', self.compile(body))).replace('\\"', '"').replace('\\n', '\n')

    def test_white_space_beside_blocks_goes_and_between_words_stays(self):
        self.assertEqual(self.literals('<ul>\n  <li>a</li>\n  <li>b\n  c</li>\n</ul>\n'), '<ul><li>a</li><li>b c</li></ul>')
        self.assertEqual(self.literals('<p>a <b>b</b> c</p>'), '<p>a <b>b</b> c</p>')
        self.assertEqual(self.literals('<p>a\n<b>b</b>\n<b>c</b></p>'), '<p>a <b>b</b> <b>c</b></p>')
        self.assertEqual(self.literals('<p>a {{s}} b</p>'), '<p>a  b</p>')
        self.assertEqual(self.literals('<textarea>a\n  b</textarea>'), '<textarea>\na\n  b</textarea>')
        self.assertEqual(self.literals('<p\n   class="a"\n   title="b">c</p>'), '<p class="a" title="b">c</p>')

    def test_lengths_are_those_of_utf8(self):
        self.assertIn(r'buf_putn(b, "<p>\303\274\342\202\254</p>", 12);', self.compile('<p>ü€</p>'))

    def test_comments_do_not_reach_the_page(self):
        self.assertEqual(self.literals('<p>a</p><!-- geheim --><p>b</p>{{! auch }}'), '<p>a</p><p>b</p>')

    def test_another_view_is_called_with_the_language(self):
        self.assertIn('view_other(b, lang, s, &v->x);', self.compile('{{> other(s, &v->x)}}'))
        self.assertIn('view_other(b, lang);', self.compile('{{> other()}}'))

    def test_an_unchanged_view_is_not_written_again(self):
        self.compile('<p>a</p>')
        path = os.path.join(self.dir, 'out/x_view.c')
        os.utime(path, (1, 1))
        self.compile('<p>a</p>')
        self.assertEqual(os.stat(path).st_mtime, 1)
        self.compile('<p>b</p>')
        self.assertNotEqual(os.stat(path).st_mtime, 1)


if __name__ == '__main__':
    unittest.main()
