/** How the page looks. Colours follow the system; on a narrow screen everything stands in one column. */
export const style = `:root {
  color-scheme: light dark;
  --ground: #f6f5f2;
  --card: #ffffff;
  --ink: #24211c;
  --faint: #696359;
  --line: #ddd9d0;
  --accent: #1f5f8b;
  --on-accent: #ffffff;
  --wrong: #a3262a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171614;
    --card: #211f1c;
    --ink: #ece8e1;
    --faint: #a49d91;
    --line: #3a3732;
    --accent: #8cc4ec;
    --on-accent: #10202c;
    --wrong: #ff9c97;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 60rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding-block: 1rem; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
h2:focus { outline: none; }
p { margin: 0; }
#who { margin-left: auto; color: var(--faint); overflow-wrap: anywhere; }
footer { margin-block: 2.5rem; color: var(--faint); font-size: .875rem; }
a { color: var(--accent); }
section { margin-bottom: 2rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: 1.25rem; align-items: start; }
.card, .rows { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.card { display: grid; gap: .75rem; padding: 1.25rem; }
.card h2 { margin: 0; }
.hint, .detail { color: var(--faint); font-size: .875rem; overflow-wrap: anywhere; }
label { display: grid; gap: .25rem; font-size: .875rem; }
input, button { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .7rem; }
input { background: var(--ground); min-width: 0; border-color: var(--faint); }
input[aria-invalid=true] { border-color: var(--wrong); }
button { background: var(--card); color: var(--accent); border-color: var(--accent); cursor: pointer; }
.card > button { background: var(--accent); color: var(--on-accent); }
button:disabled { color: var(--faint); border-color: var(--line); cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[aria-busy=true] button { opacity: .6; }
#said:not(:empty), #trouble:not(:empty) {
  position: sticky; top: .5rem; padding: .6rem 1rem; margin-bottom: 1.25rem;
  background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--accent); border-radius: .4rem;
}
#trouble:not(:empty) { border-left-color: var(--wrong); }
#trouble button { margin-left: 1rem; }
.wrong { color: var(--wrong); font-size: .875rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; }
.rows > li { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding: .7rem 1rem; }
.rows > li + li { border-top: 1px solid var(--line); }
.rows .what { flex: 1 1 10rem; min-width: 0; }
.rows .name { font-weight: 600; overflow-wrap: anywhere; }
.rows form { display: contents; }
.rows .wrong { flex-basis: 100%; order: 1; text-align: right; }
.rows input { width: 5rem; }
.rows .price { min-width: 5rem; text-align: right; font-variant-numeric: tabular-nums; }
.rows .none { flex-basis: 10.5rem; margin-left: auto; text-align: right; color: var(--faint); }
.foot { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin-top: .75rem; color: var(--faint); }
.foot:empty { display: none; }
`;
