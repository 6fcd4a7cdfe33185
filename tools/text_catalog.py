# SPDX-License-Identifier: EUPL-1.2
"""Reads and checks ui/texts/{de,en}/*.yaml; used by text-compiler and template-compiler.

A file is a tree of keys; a leaf is a text, or {one: ..., other: ...} where the number {n} chooses. "a: {b: x}" is the key "a.b".
German is complete. A file whose first line is "# only: de" is not expected in other languages (clerks' pages)."""
import glob
import os
import re

import yaml

LANGS = ['de', 'en']
KEY = re.compile(r'^[a-z0-9][a-z0-9_-]*$')
PLACEHOLDER = re.compile(r'\{([a-z][a-z0-9_]*)\}')


class Problem(Exception):
    """Texts that cannot be used; the message names file and line."""


class Text:
    def __init__(self, key, forms, where, only):
        self.key, self.forms, self.where, self.only = key, forms, where, only

    @property
    def plural(self):
        return 'one' in self.forms

    @property
    def placeholders(self):
        names = set()
        for text in self.forms.values():
            names.update(PLACEHOLDER.findall(text))
        if self.plural:
            names.add('n')
        return names

    @property
    def c_name(self):
        return 'TX_' + re.sub(r'[.-]', '_', self.key).upper()


def _check_text(text, where):
    if text != text.strip():
        raise Problem(f'{where}: text begins or ends with blanks')
    if text == '':
        raise Problem(f'{where}: empty text')
    rest = PLACEHOLDER.sub('', text)
    if '{' in rest or '}' in rest:
        raise Problem(f'{where}: a brace that is no {{placeholder}}')
    if re.search(r'<[a-z/!]', text):
        raise Problem(f'{where}: a text is no HTML')


def _walk(node, path, prefix, only, out):
    where = f'{path}:{node.start_mark.line + 1}'
    if isinstance(node, yaml.ScalarNode):
        _check_text(node.value, where)
        forms = {'other': node.value}
    elif isinstance(node, yaml.MappingNode):
        names = [k.value for k, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise Problem(f'{where}: "{name}" stands there twice')
        if 'one' in names:
            if set(names) != {'one', 'other'}:
                raise Problem(f'{where}: a plural has exactly the forms one and other')
            forms = {}
            for k, v in node.value:
                if not isinstance(v, yaml.ScalarNode):
                    raise Problem(f'{where}: the form {k.value} must be a text')
                _check_text(v.value, f'{path}:{v.start_mark.line + 1}')
                forms[k.value] = v.value
            if '{n}' not in forms['other']:
                raise Problem(f'{where}: the form other must name {{n}}')
        else:
            for k, v in node.value:
                if not KEY.match(k.value):
                    raise Problem(f'{path}:{k.start_mark.line + 1}: "{k.value}" is no key (a-z 0-9 _ -)')
                _walk(v, path, f'{prefix}.{k.value}' if prefix else k.value, only, out)
            return
    else:
        raise Problem(f'{where}: only keys and texts are allowed here')
    if not prefix:
        raise Problem(f'{where}: a text without a key')
    if prefix in out:
        raise Problem(f'{where}: the key {prefix} is already at {out[prefix].where}')
    out[prefix] = Text(prefix, forms, where, only)


def load_lang(folder):
    out = {}
    for path in sorted(glob.glob(os.path.join(folder, '*.yaml'))):
        with open(path, encoding='utf-8') as f:
            source = f.read()
        only = source.startswith('# only: de\n')
        try:
            for event in yaml.parse(source, Loader=yaml.BaseLoader):
                if getattr(event, 'anchor', None):
                    raise Problem(f'{path}:{event.start_mark.line + 1}: no anchors and aliases')
            node = yaml.compose(source, Loader=yaml.BaseLoader)
        except yaml.YAMLError as e:
            raise Problem(f'{path}: {e}') from e
        if node is not None:
            _walk(node, path, '', only, out)
    return out


def load(folder):
    """-> (keys in order, {lang: {key: Text}}); every language has every key (German stands in where a file is German only)."""
    all_langs = {lang: load_lang(os.path.join(folder, lang)) for lang in LANGS}
    german = all_langs['de']
    if not german:
        raise Problem(f'{folder}/de: no texts')
    names = {}
    for key, text in german.items():
        other = names.setdefault(text.c_name, text)
        if other is not text:
            raise Problem(f'{text.where}: {key} and {other.key} get the same C name')
    faults = []
    for lang in LANGS[1:]:
        texts = all_langs[lang]
        for key, text in german.items():
            there = texts.get(key)
            if there is None:
                if text.only:
                    texts[key] = text
                else:
                    faults.append(f'{text.where}: {key} is missing in {lang}')
            elif there.placeholders != text.placeholders:
                faults.append(f'{there.where}: {key} has the placeholders {sorted(there.placeholders)}, German has {sorted(text.placeholders)}')
            elif there.plural != text.plural:
                faults.append(f'{there.where}: {key} has a plural in one language only')
        for key, text in texts.items():
            if key not in german:
                faults.append(f'{text.where}: {key} is missing in de')
    if faults:
        raise Problem('\n'.join(faults))
    return sorted(german), all_langs
