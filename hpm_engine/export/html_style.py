"""The look of an exported page, light and dark by what the reader prefers."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark; --text: #1c2733; --muted: #5b6875; --page: #f6f8fa;
  --card: #ffffff; --line: #d6dde4; --person: #1f6fb2; --agent: #2b7a4b; --system: #6b5bb0;
  --bad: #b3261e; --note: #fff6d6; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e9ef; --muted: #9aa7b4; --page: #12171d;
  --card: #1b222a; --line: #33404d; --person: #6fb3ec; --agent: #6cc492; --system: #b3a4ee;
  --bad: #ff8a80; --note: #3a3217; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 56rem; padding: 24px 16px 96px; background: var(--page);
  color: var(--text); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: .85rem; margin: 0 0 8px; } h2 a { color: var(--muted); text-decoration: none; }
h3 { font-size: .85rem; margin: 8px 0 4px; color: var(--muted); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 4px 16px; }
dl div { display: flex; gap: 8px; } dt { color: var(--muted); min-width: 5rem; } dd { margin: 0; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  border-inline-start: 4px solid var(--system); padding: 12px 16px; margin: 12px 0; }
section.user { border-inline-start-color: var(--person); }
section.agent { border-inline-start-color: var(--agent); }
pre { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; margin: 4px 0;
  padding: 8px 12px;  background: var(--page); border: 1px solid var(--line); border-radius: 4px; }
code { font: .9em ui-monospace, monospace; } pre code { font: inherit; }
details { margin: 8px 0; } summary { cursor: pointer; color: var(--muted); font-size: .85rem; }
summary span { font-family: ui-monospace, monospace; }
.failed, .failed summary { color: var(--bad); }
aside { background: var(--note); border-radius: 4px; padding: 8px 12px; margin: 8px 0; }
aside p { white-space: pre-wrap; margin: 4px 0 0; } aside b { font-size: .85rem; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: 4px 8px; }
a { color: var(--person); } .message > :first-child { margin-top: 0; }
.message > :last-child { margin-bottom: 0; }
blockquote { margin-inline: 0; padding-inline-start: 12px;
  border-inline-start: 3px solid var(--line); }
nav ol { columns: 2 260px; } article + article { border-top: 2px solid var(--line); }
@media print { body { background: none; } section { break-inside: avoid-page; } }
"""
