#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""tools/text-compiler: what it makes of the texts, and what it refuses."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


class Case(unittest.TestCase):
    def setUp(self):
        self.tmp = tempfile.TemporaryDirectory()
        self.dir = self.tmp.name

    def tearDown(self):
        self.tmp.cleanup()

    def run_compiler(self, **files):
        for name, content in files.items():
            path = os.path.join(self.dir, name.replace('_', '/', 1) + '.yaml')
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(content)
        out = [os.path.join(self.dir, n) for n in ('t.h', 't.c', 't.d')]
        return subprocess.run([sys.executable, os.path.join(HERE, 'text-compiler'), self.dir, *out], capture_output=True, text=True, check=False)

    def read(self, name):
        with open(os.path.join(self.dir, name), encoding='utf-8') as f:
            return f.read()

    def refuse(self, because, **files):
        done = self.run_compiler(**files)
        self.assertEqual(done.returncode, 1, files)
        self.assertRegex(done.stderr, because)
        self.assertFalse(os.path.exists(os.path.join(self.dir, 't.c')))

    def test_keys_become_names_in_order(self):
        done = self.run_compiler(de_a='b:\n  second-one: Zwei\na: Eins\n', en_a='b:\n  second-one: Two\na: One\n')
        self.assertEqual(done.returncode, 0, done.stderr)
        header = self.read('t.h')
        self.assertLess(header.index('TX_A,'), header.index('TX_B_SECOND_ONE,'))
        self.assertIn('TX_COUNT', header)
        self.assertIn('STR_INIT("Zwei")', self.read('t.c'))
        self.assertIn('STR_INIT("Two")', self.read('t.c'))

    def test_scalars_are_texts_whatever_they_look_like(self):
        self.assertEqual(self.run_compiler(de_a='a: no\nb: 01067\n"no": ja\n', en_a='a: yes\nb: 1.0\n"no": null\n').returncode, 0)
        c = self.read('t.c')
        for text in ('no', '01067', 'yes', '1.0', 'null'):
            self.assertIn(f'STR_INIT("{text}")', c)

    def test_html_is_escaped_at_compile_time(self):
        self.assertEqual(self.run_compiler(de_a='a: \'1 < 2 & "drei"\'\n', en_a='a: b\n').returncode, 0)
        self.assertIn('1 &lt; 2 &amp; &quot;drei&quot;', self.read('t.c'))

    def test_plural_forms_come_in_pairs_and_name_the_number(self):
        self.assertEqual(self.run_compiler(de_a='a:\n  one: Eins\n  other: "{n} viele"\n', en_a='a:\n  one: One\n  other: "{n} many"\n').returncode, 0)
        self.refuse_fresh('exactly the forms', de_a='a:\n  one: Eins\n', en_a='a:\n  one: One\n')
        self.refuse_fresh('exactly the forms', de_a='a:\n  one: Eins\n  many: Zwei\n  other: "{n}"\n', en_a='a: b\n')
        self.refuse_fresh('must name {n}', de_a='a:\n  one: Eins\n  other: Viele\n', en_a='a:\n  one: One\n  other: Many\n')
        self.refuse_fresh('plural in one language only|placeholders', de_a='a:\n  one: Eins\n  other: "{n} viele"\n', en_a='a: many\n')

    def refuse_fresh(self, because, **files):
        self.tearDown()
        self.setUp()
        self.refuse(because, **files)

    def test_missing_keys_are_found_in_both_directions(self):
        self.refuse_fresh('b is missing in en', de_a='a: x\nb: y\n', en_a='a: x\n')
        self.refuse_fresh('b is missing in de', de_a='a: x\n', en_a='a: x\nb: y\n')

    def test_missing_placeholders_are_found(self):
        self.refuse_fresh(r"placeholders \[\], German has \['name'\]", de_a='a: Tag, {name}\n', en_a='a: Hello\n')
        self.refuse_fresh('placeholders', de_a='a: Tag\n', en_a='a: Hello {name}\n')

    def test_a_file_for_german_only_needs_no_other(self):
        done = self.run_compiler(de_a='# only: de\na: Nur hier\n', en_b='')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.read('t.c').count('STR_INIT("Nur hier")'), 4)  # plain and escaped, for both languages

    def test_faults_of_writing_are_refused_with_file_and_line(self):
        self.refuse_fresh(r'a\.yaml:2: .*twice|:1: "a" stands there twice', de_a='a: x\na: y\n', en_a='a: x\n')
        self.refuse_fresh('is already at', de_a='a:\n  b: x\n', de_b='a:\n  b: y\n', en_a='a:\n  b: x\n')
        self.refuse_fresh('no HTML', de_a='a: Mehr <b>Text</b>\n', en_a='a: x\n')
        self.refuse_fresh('a brace', de_a='a: "Text { hier"\n', en_a='a: x\n')
        self.refuse_fresh('empty text', de_a='a: ""\n', en_a='a: x\n')
        self.refuse_fresh('blanks', de_a='a: " x"\n', en_a='a: x\n')
        self.refuse_fresh('no anchors', de_a='a: &x b\nc: *x\n', en_a='a: b\nc: d\n')
        self.refuse_fresh('only keys and texts', de_a='a: [x, y]\n', en_a='a: x\n')
        self.refuse_fresh('is no key', de_a='Ä: x\n', en_a='a: x\n')
        self.refuse_fresh('same C name', de_a='a-b: x\na_b: y\n', en_a='a-b: x\na_b: y\n')
        self.refuse_fresh('a.yaml', de_a='a: [\n', en_a='a: x\n')


if __name__ == '__main__':
    unittest.main()
