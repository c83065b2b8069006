// How it looks. A page sets --insyn-accent and the like on insyn-chat; names for dark end in -dark. 1em is the visitor's
// own text size. Texts meet 4.5:1, edges of controls 3:1 (WCAG 1.4.3, 1.4.11).

const COLOURS = {
  accent: ["#0f5c4e", "#8ad6c2"],
  "on-accent": ["#fff", "#06251f"],
  mine: ["var(--accent)", "#1f5247"],
  "on-mine": ["var(--on-accent)", "#f0f7f5"],
  surface: ["#fff", "#151b1a"],
  raised: ["#f0f4f2", "#212a28"],
  text: ["#17211f", "#e9efed"],
  muted: ["#53615d", "#a5b3ae"],
  line: ["#d5deda", "#33403c"],
  edge: ["#6f807a", "#7d8f89"],
  danger: ["#a3271f", "#ffa49a"],
  notice: ["#fdf3d8", "#3a3118"],
  "on-notice": ["#4a3a07", "#f6e6b8"],
  shade: ["rgb(10 30 25 / .2)", "rgb(0 0 0 / .5)"],
};

const colours = (dark) =>
  Object.entries(COLOURS)
    .map(([name, values]) => `--${name}: var(--insyn-${name}${dark ? "-dark" : ""}, ${values[Number(dark)]});`)
    .join(" ") + `color-scheme: ${dark ? "dark" : "light"};`;

// !important inside a shadow root wins over anything the page says about the element itself; all leaves the direction alone
const HOST = `
:host { all: initial !important; direction: ltr !important; display: block !important; font-size: var(--insyn-font-size, medium) !important; ${colours(false)} }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${colours(true)} } }
:host([theme="dark"]) { ${colours(true)} }
:host([hidden]) { display: none !important; }
@media print { :host { display: none !important; } }
.layer { display: block; position: fixed; inset: 0 auto auto 0; width: 0; height: 0; margin: 0; padding: 0; border: 0; overflow: visible;
  background: none; z-index: 2147483647; color: var(--text); text-align: start; -webkit-text-size-adjust: 100%;
  font: 1em/1.5 var(--insyn-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif); }
`;

const BASICS = `
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, h4, p, ol, ul, dl, dd, blockquote { margin: 0; padding: 0; }
ol, ul, summary { list-style: none; }
summary::-webkit-details-marker { display: none; }
button, textarea, input { font: inherit; color: inherit; margin: 0; }
button, summary { cursor: pointer; }
[aria-disabled="true"] { cursor: default; }
a, summary { color: var(--accent); text-underline-offset: .15em; }
svg { inline-size: 1.35em; block-size: 1.35em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round;
  stroke-linejoin: round; }
:focus-visible { outline: .18em solid var(--accent); outline-offset: .14em; }
h2:focus, .status:focus, .feedback p:focus, textarea:focus-visible { outline: none; }
.spoken { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.launcher, .panel { position: fixed; inset-block-end: calc(1.25em + env(safe-area-inset-bottom, 0px));
  inset-inline-end: calc(1.25em + env(safe-area-inset-right, 0px)); box-shadow: 0 .6em 2.2em var(--shade); }
:host([position="left"]) :is(.launcher, .panel) { inset-inline: calc(1.25em + env(safe-area-inset-left, 0px)) auto; }
.pill, .replies button { min-block-size: 2.4em; padding: .4em .95em; border: 1px solid var(--edge); border-radius: 1.3em; background: var(--surface);
  color: var(--accent); font-weight: 550; text-align: center; text-decoration: none; }
.pill.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.pill.small { min-block-size: 1.9em; padding: .1em .8em; font-size: .92em; }
`;

const LAUNCHER = `
.launcher { display: flex; align-items: center; justify-content: center; gap: .6em; min-block-size: 3.25em; padding: .6em 1.2em; border: 2px solid transparent;
  border-radius: 2em; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.badge { position: absolute; inset: -.5em -.2em auto auto; min-inline-size: 1.8em; padding: 0 .4em; border: 2px solid var(--surface); border-radius: 1em;
  background: var(--danger); color: var(--surface); font-size: .82em; }
`;

const PANEL = `
.panel { inline-size: min(var(--insyn-width, 25.5em), 100vw - 2.5em); display: flex; flex-direction: column; overflow: clip; background: var(--surface);
  block-size: min(var(--insyn-height, 43em), var(--visible-height, 100dvh) - 2.5em); border: 1px solid var(--line); border-radius: var(--insyn-radius, 1.1em); }
.header { flex: none; display: flex; align-items: center; gap: .25em; padding: .8em .75em .8em 1.25em; border-block-end: 1px solid var(--line); }
.title { flex: 1; min-inline-size: 0; line-height: 1.35; }
h2 { font-size: 1.06em; font-weight: 650; }
.title p::before { content: ""; display: inline-block; inline-size: .55em; block-size: .55em; margin-inline-end: .5em; border-radius: 50%; background: var(--edge); }
.round { display: grid; place-items: center; flex: none; inline-size: 2.6em; block-size: 2.6em; padding: 0; border: 0; border-radius: 50%; background: none; color: var(--muted); }
.menu { position: relative; }
.menu svg { stroke-width: 3.2; }
.menu-items { position: absolute; z-index: 2; inset: calc(100% + .25em) 0 auto auto; inline-size: max-content; padding: .4em; background: var(--surface);
  border: 1px solid var(--line); border-radius: .8em; box-shadow: 0 .4em 1.6em var(--shade); }
.menu-items > * { display: block; inline-size: 100%; padding: .6em .8em; border: 0; border-radius: .5em; background: none; color: var(--text); text-align: start;
  text-decoration: none; }
.notice { flex: none; padding: .6em 1.25em; font-size: .9em; background: var(--notice); color: var(--on-notice); border-block-end: 1px solid var(--line); }
.notice .pill { display: block; margin-block-start: .4em; }
.queue { background: var(--raised); color: var(--text); }
.title p, .note, dt { font-size: .88em; color: var(--muted); }

.composer { flex: none; padding: .7em 1em .75em; border-block-start: 1px solid var(--line); }
.field { display: flex; align-items: flex-end; gap: .4em; padding: .3em; border: 1px solid var(--edge); border-radius: 1.5em; }
.field:focus-within { outline: .14em solid var(--accent); border-color: var(--accent); }
textarea { flex: 1; min-inline-size: 0; min-block-size: 2.5em; padding: .5em .4em .5em .8em; border: 0; background: none; font-size: max(1em, 16px); resize: none; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.send { background: var(--accent); color: var(--on-accent); }
.send[aria-disabled="true"] { background: var(--raised); color: var(--muted); }
dialog { inline-size: min(24em, 100vw - 2em); padding: 1.25em; border: 1px solid var(--line); border-radius: 1.1em; background: var(--surface); color: var(--text); }
dialog::backdrop { background: rgb(0 0 0 / .5); }
dialog p { margin-block-start: .6em; }
.error { color: var(--danger); }
.pill.danger { border-color: var(--danger); background: var(--danger); color: var(--surface); }
.hint { margin-block-start: .5em; font-size: .8em; color: var(--muted); text-align: center; }
`;

const THREAD = `
.thread { position: relative; flex: 1; min-block-size: 4em; display: flex; }
.log { position: relative; flex: 1; min-inline-size: 0; padding: 1.1em 1.25em 1.25em; overflow: hidden auto; overscroll-behavior: contain; }
.log:focus-visible { outline-offset: -.2em; }
.log > * { max-inline-size: 44em; margin-inline: auto; }
.message { display: flex; flex-direction: column; align-items: flex-start; margin-block-start: .35em; }
.message:not(.visitor) + .visitor, .visitor + .message:not(.visitor) { margin-block-start: 1em; }
.visitor { align-items: flex-end; }
.sender { margin-block: .5em .25em; font-size: .84em; font-weight: 600; color: var(--muted); }
.bubble { max-inline-size: 96%; padding: .65em .95em; border: 1px solid transparent; border-radius: 1.05em; border-end-start-radius: .3em;
  background: var(--raised); overflow-wrap: anywhere; }
.text, blockquote { white-space: pre-wrap; }
.officer .sender { color: var(--accent); }
.officer .bubble { border-color: var(--edge); background: var(--surface); }
.visitor .bubble { max-inline-size: 86%; border-radius: 1.05em; border-end-end-radius: .3em; background: var(--mine); color: var(--on-mine); }
.system { align-items: center; margin-block: .8em; }
.system .bubble { padding: 0; background: none; font-size: .88em; color: var(--muted); text-align: center; }
li.day { margin-block-start: 1.1em; text-align: center; }
.day, .time, .delivery { margin-block-start: .3em; font-size: .82em; color: var(--muted); }
:is(.visitor, .system) .time, .bot:has(+ .bot) .time, .officer:has(+ .officer) .time { display: none; }
.unsent .message { margin-block-start: 1em; }
.waiting .bubble { border: 1px dashed var(--on-mine); }
.sending .delivery { visibility: hidden; animation: late 0s 1s forwards; }
.refused .bubble { background: none; border-color: var(--danger); color: var(--text); }
.refused .delivery { display: flex; gap: .5em; color: var(--danger); }
@keyframes late { to { visibility: visible; } }

:is(.bubble, .card) summary { display: flex; align-items: center; gap: .45em; min-block-size: 1.7em; font-weight: 550; }
:is(.bubble, .card) summary::after { content: ""; flex: none; inline-size: .45em; block-size: .45em; margin: 0 .3em .25em auto; border: solid;
  border-width: 0 .12em .12em 0; transform: rotate(45deg); }
:is(.bubble, .card) [open] summary::after { margin-block: .3em 0; transform: rotate(225deg); }
.citation { margin-block-start: .6em; padding-block-start: .5em; border-block-start: 1px solid var(--line); font-size: .93em; }
.citation svg { inline-size: 1.15em; }
.citation p { color: var(--muted); }
:is(.citation, .about) a { display: inline-block; padding-block: .25em; }
blockquote { margin-block: .5em; padding-inline-start: .8em; border-inline-start: .2em solid var(--accent); }

.replies { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .6em; }
.replies button { text-align: start; overflow-wrap: anywhere; }
.replies [aria-disabled="true"] { border-style: dashed; color: var(--muted); font-weight: 400; }
.feedback { display: flex; flex-wrap: wrap; align-items: center; gap: .35em .5em; margin-block-start: .6em; font-size: .88em; color: var(--muted); }
.message:has(~ .visitor) .feedback:not(:focus-within) { display: none; }
.typing { inline-size: fit-content; margin-inline: 0; display: flex; gap: .3em; margin-block-start: 1em; padding: .85em 1em; border-radius: 1.05em; background: var(--raised); }
.typing i { inline-size: .45em; block-size: .45em; border-radius: 50%; background: var(--muted); }
.to-end { position: absolute; inset: auto auto .75em 50%; transform: translateX(-50%); white-space: nowrap; box-shadow: 0 .2em .8em var(--shade); }
`;

const CARDS = `
.card { align-self: stretch; margin-block-start: .5em; padding: 1em 1.1em 1.1em; border: 1px solid var(--line); border-radius: 1em; }
h3, h4 { font-size: 1em; font-weight: 650; line-height: 1.35; }
.lead { color: var(--muted); }
h4 { margin-block: 1em .3em; }
.card details { margin-block-start: .5em; font-size: .93em; }
.card .pill { display: block; inline-size: 100%; }
.receipt { border-block-start: .25em solid var(--accent); }
dl { display: grid; gap: .55em; margin-block-start: .8em; }
dd { display: flex; flex-wrap: wrap; align-items: center; gap: .3em .8em; font-weight: 600; }
dd .pill.small { inline-size: auto; }
.reference { font: 1.08em ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-weight: 600; }
.receipt ol { margin-block-end: 1.1em; padding-inline-start: 1.4em; list-style: decimal; }
.status { display: flex; gap: .4em; margin-block-start: .7em; font-weight: 550; }
:is([data-state="failed"], [data-state="expired"]) .status { color: var(--danger); }
.status svg { color: var(--accent); stroke-width: 2.6; }
.qr { inline-size: 13em; max-inline-size: 100%; aspect-ratio: 1; margin: .8em auto 0; overflow: clip; border-radius: .6em; border: 1px solid var(--line); background: #fff; scroll-margin: .8em; }
.qr img { display: block; inline-size: 100%; block-size: 100%; }
.actions { display: grid; gap: .5em; margin-block-start: .8em; }
form, label { display: grid; gap: .5em; }
label { font-size: .93em; }
input { min-inline-size: 0; min-block-size: 2.6em; padding: .4em .8em; border: 1px solid var(--edge); border-radius: .7em; background: var(--surface); }
.time-left { display: grid; gap: .5em; margin-block-start: .5em; font-size: .93em; color: var(--muted); }
.time-left.soon { padding: .6em .8em; border-radius: .7em; background: var(--notice); color: var(--on-notice); }
.actions:empty { display: none; }
[aria-busy="true"] .actions { opacity: .6; }
`;

// the first query is FULL_SCREEN of panel.js
const CIRCUMSTANCES = `
@media (max-width: 37.5em), (max-height: 27em) {
  .panel, :host([position="left"]) .panel { inset: var(--visible-top, 0px) 0 auto 0; inline-size: auto; block-size: var(--visible-height, 100dvh);
    border: 0; border-radius: 0; box-shadow: none; padding: env(safe-area-inset-top, 0px) env(safe-area-inset-right, 0px) env(safe-area-inset-bottom, 0px)
    env(safe-area-inset-left, 0px); }
  .header { padding: .6em .5em .6em 1em; }
}
@media (max-width: 37.5em) {
  .launcher { inset-block-end: calc(1em + env(safe-area-inset-bottom, 0px)); padding: .6em; min-inline-size: 3.5em; min-block-size: 3.5em; }
  .label { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
}
@media (max-height: 27em) {
  .header, .composer { padding-block: .2em; }
  .title { display: flex; flex-wrap: wrap; column-gap: .8em; }
  .hint:not(.error) { display: none; }
}
@media (hover: hover) {
  .pill:not(.primary):hover, .replies button:not([aria-disabled="true"]):hover { background: var(--raised); border-color: var(--accent); }
  .round:not(.send):hover, .menu-items > :hover { background: var(--raised); color: var(--text); }
  .primary:hover, .launcher:hover { filter: brightness(1.08); }
}
@media (pointer: coarse) {
  .round { inline-size: max(2.6em, 44px); block-size: max(2.6em, 44px); }
  .pill, .pill.small, .replies button, .menu-items > *, :is(.bubble, .card) summary, textarea { min-block-size: 44px; }
  :is(.citation, .about) a { padding-block: .8em; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel { animation: rise .18s ease-out; }
  .typing i { animation: breathe 1.2s infinite; }
  .typing i:nth-of-type(2) { animation-delay: .15s; }
  .typing i:nth-of-type(3) { animation-delay: .3s; }
  @keyframes rise { from { opacity: 0; transform: translateY(.6em); } }
  @keyframes breathe { 30% { opacity: .3; transform: translateY(-.15em); } 60% { opacity: 1; } }
}
@media (forced-colors: active) {
  .bubble, .send, .typing i { border: 1px solid; }
  .qr { forced-color-adjust: none; }
}
`;

export const LOOK = [HOST, BASICS, LAUNCHER, PANEL, THREAD, CARDS, CIRCUMSTANCES].join("");
