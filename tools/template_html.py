# SPDX-License-Identifier: EUPL-1.2
"""Where in the HTML are we? A state machine over the literal parts of a template; tells the compiler how to escape, and refuses what cannot be safe."""

VOID = {'area', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr', 'path', 'circle', 'rect', 'use'}
INLINE = {'a', 'abbr', 'b', 'bdi', 'button', 'cite', 'code', 'em', 'i', 'img', 'input', 'kbd', 'label', 'mark', 'output', 'progress', 'q',
          's', 'samp', 'select', 'small', 'span', 'strong', 'sub', 'sup', 'svg', 'textarea', 'time', 'u', 'var', 'wbr'}
URL_ATTRS = {'href', 'src', 'action', 'formaction', 'poster', 'cite', 'data', 'manifest', 'ping', 'xlink:href', 'background'}
REFUSED_TAGS = {'style', 'base', 'object', 'embed', 'iframe', 'frame', 'applet', 'marquee'}
REFUSED_ATTRS = {'style', 'srcdoc', 'http-equiv', 'srcset', 'xmlns:xlink'}
NAME_CHARS = set('abcdefghijklmnopqrstuvwxyz0123456789-:_')
SPACE = ' \t\n\r'


class Refused(Exception):
    pass


class Html:
    """mode: text, tag-name, tag, attr-name, attr-equals, dq, sq, close, comment, doctype, raw (title, textarea), script"""

    def __init__(self):
        self.mode = 'text'
        self.stack = []
        self.tag = self.attr = ''
        self.seen = ()        # attributes of this tag so far
        self.begun = False    # the attribute's value has a beginning
        self.literal = ''     # literal beginning of the value, for URL checks
        self.pending = ''
        self.last = 'block'   # what stands before white space: block, inline, text, stmt

    def snapshot(self):
        return (self.mode, self.tag if self.mode != 'text' else '', self.attr if self.mode in ('dq', 'sq') else '', tuple(self.stack))

    def describe(self):
        names = {'text': 'text', 'raw': f'<{self.tag}>', 'dq': f'attribute {self.attr}', 'sq': f'attribute {self.attr}', 'tag': f'tag <{self.tag}>'}
        return names.get(self.mode, self.mode) + (' in ' + ' '.join(f'<{t}>' for t in self.stack) if self.stack else '')

    # -- attributes
    def check_attr(self, name):
        if name.startswith('on'):
            raise Refused(f'{name}=: no event handlers (the CSP forbids them)')
        if name in REFUSED_ATTRS:
            raise Refused(f'{name}=: not allowed in templates')
        if name in self.seen:
            raise Refused(f'{name}= stands twice in <{self.tag}>')

    def escape_of(self, name, begun):
        """The function that writes a str into a value of this attribute."""
        self_checked = name
        if self_checked.startswith('on') or self_checked in REFUSED_ATTRS:
            raise Refused(f'no expression in {name}=')
        if name in URL_ATTRS:
            return 'html_url_part' if begun else 'html_url'
        return 'html_attr'

    def expression(self):
        """Called where an expression stands -> (escaping function, kind) and notes that the value has begun."""
        if self.mode in ('text', 'raw'):
            self.last = 'text'
            return 'html_text'
        if self.mode in ('dq', 'sq'):
            fn = self.escape_of(self.attr, self.begun)
            if fn == 'html_url_part' and ':' in self.literal and self.literal.split(':')[0].lower() not in ('http', 'https', 'mailto', 'tel'):
                raise Refused(f'{self.attr}="{self.literal}": this scheme is not allowed')
            self.begun = True
            return fn
        if self.mode == 'script':
            raise Refused('no expression in <script>')
        if self.mode == 'attr-equals':
            raise Refused(f'the value of {self.attr}= must be quoted')
        if self.mode == 'comment':
            raise Refused('no expression in a comment')
        raise Refused('an expression cannot stand here (in a tag); use {{?name condition}} or {{@name value}}')

    def settle_tag(self):
        """An expression or block right behind a tag's or attribute's name ends that name."""
        if self.mode == 'tag-name' and self.tag and self.pending == '<':
            if self.tag in REFUSED_TAGS:
                raise Refused(f'<{self.tag}> is not allowed in templates')
            self.pending, self.mode, self.seen = '', 'tag', ()
            return '<' + self.tag
        if self.mode == 'attr-name':
            self.check_attr(self.attr)
            self.seen += (self.attr,)
            self.mode = 'tag'
        return ''

    # -- literals
    def feed(self, c):
        """One literal character -> what is written for it."""
        return getattr(self, '_' + self.mode.replace('-', '_'))(c)

    def _text(self, c):
        if c == '<':
            self.mode, self.pending, self.tag = 'tag-name', '<', ''
            return ''
        if c == '>':
            raise Refused('a lone ">"; write &gt;')
        self.last = 'text'
        return c

    def _tag_name(self, c):
        self.pending += c
        if self.pending.startswith('<!'):
            if self.pending == '<!--':
                self.mode, self.pending = 'comment', ''
                return ''
            if len(self.pending) >= 4:
                if self.pending[2:4].lower() != 'do':
                    raise Refused('"<!" is neither a comment nor the doctype')
                self.mode = 'doctype'
                return self.pending
            return ''
        if self.pending == '</':
            self.mode = 'close'
            return ''
        if c.lower() in NAME_CHARS:
            self.tag += c.lower()
            self.pending = '<'
            return ''
        if not self.tag:
            raise Refused('a lone "<"; write &lt;')
        if c not in SPACE + '>/':
            raise Refused(f'a tag is not closed before "{c}"')
        if self.tag in REFUSED_TAGS:
            raise Refused(f'<{self.tag}> is not allowed in templates')
        self.pending, self.mode, self.seen = '', 'tag', ()
        return '<' + self.tag + self._tag(c)

    def _tag(self, c):
        if c == '>':
            self._open(self.pending == '/')
            out, self.pending = self.pending + '>', ''
            if self.tag == 'textarea':
                out += '\n'  # HTML swallows the first line break: this one, not the text's
            return out
        if self.pending == '/':
            raise Refused('"/" inside a tag')
        if c == '/':
            self.pending = '/'
            return ''
        if c in SPACE:
            return c
        if c.lower() not in NAME_CHARS:
            raise Refused(f'"{c}" inside the tag <{self.tag}>')
        self.mode, self.attr = 'attr-name', c.lower()
        return c

    def _attr_name(self, c):
        if c.lower() in NAME_CHARS:
            self.attr += c.lower()
            return c
        self.check_attr(self.attr)
        self.seen += (self.attr,)
        if c == '=':
            self.mode = 'attr-equals'
            return c
        self.mode = 'tag'
        return self._tag(c)

    def _attr_equals(self, c):
        if c not in '"\'':
            raise Refused(f'the value of {self.attr}= must be quoted')
        self.mode = 'dq' if c == '"' else 'sq'
        self.begun, self.literal = False, ''
        return c

    def _quoted(self, c, quote):
        if c == quote:
            if self.attr in URL_ATTRS and self.literal.strip().lower().startswith(('javascript:', 'data:', 'vbscript:')):
                raise Refused(f'{self.attr}="{self.literal}": this scheme is not allowed')
            self.mode = 'tag'
            return c
        if c == '<':
            raise Refused(f'"<" in the value of {self.attr}=; write &lt;')
        self.literal += '' if self.begun and not self.literal else c
        self.begun = True
        return ' ' if c in '\n\t' else c

    def _dq(self, c):
        return self._quoted(c, '"')

    def _sq(self, c):
        return self._quoted(c, "'")

    def _open(self, self_closed):
        self.last = 'inline' if self.tag in INLINE else 'block'
        self.mode = 'text'
        if self.tag in VOID or self_closed:
            return
        self.stack.append(self.tag)
        if self.tag in ('title', 'textarea'):
            self.mode = 'raw'
        elif self.tag == 'script':
            if 'src' not in self.seen:
                raise Refused('<script> without src: no inline script')
            self.mode = 'script'

    def _close(self, c):
        if c.lower() in NAME_CHARS:
            self.pending += c.lower()
            return ''
        if c != '>':
            raise Refused(f'"{c}" in an end tag')
        name = self.pending[2:]
        self.pending = ''
        self.end(name)
        return f'</{name}>'

    def end(self, name):
        if not self.stack:
            raise Refused(f'</{name}> closes nothing that was opened here')
        if self.stack[-1] != name:
            raise Refused(f'</{name}> where <{self.stack[-1]}> is open')
        self.stack.pop()
        self.mode = 'text'
        self.last = 'inline' if name in INLINE else 'block'

    def _raw(self, c):
        self.pending += c
        if f'</{self.tag}>'.startswith(self.pending.lower()):
            if self.pending.lower() == f'</{self.tag}>':
                out, self.pending = self.pending, ''
                self.end(self.tag)
                return out
            return ''
        out, self.pending = self.pending, ''
        return out

    def _script(self, c):
        if c in SPACE:
            return ''
        self.pending += c
        if not '</script>'.startswith(self.pending):
            raise Refused('no inline script')
        if self.pending == '</script>':
            self.pending = ''
            self.end('script')
            return '</script>'
        return ''

    def _comment(self, c):
        self.pending = (self.pending + c)[-3:]
        if self.pending == '-->':
            self.mode, self.pending = 'text', ''
        return ''

    def _doctype(self, c):
        if c == '>':
            self.mode, self.pending, self.last = 'text', '', 'block'
        return c
