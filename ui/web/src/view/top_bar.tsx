/** The bar on top: the mark, the views, the search, how it is shown, how live it is. */
import { tabsOf } from "../model/tabs.ts";
import type { ViewInfo } from "../model/types.ts";
import type { Display } from "../model/url_state.ts";
import { usePage } from "./context.ts";
import { Icon, Mark } from "./icons.tsx";
import { LiveState } from "./live_state.tsx";
import { Segments } from "./segments.tsx";
import { nextTheme, themeChoice } from "./theme.ts";

const DISPLAYS = [
  { value: "graph", label: "Graph", title: "Graph (g)" },
  { value: "table", label: "Table", title: "Table (t)" },
];

export function TopBar() {
  const { store } = usePage();
  return (
    <header class="top-bar">
      <h1 class="brand">
        <Mark />
        <span>Reticle</span>
      </h1>
      <Views />
      <SearchBox />
      <Segments
        label="Show as"
        choices={DISPLAYS}
        value={store.chosen.value.display}
        choose={(v) => store.show(v as Display)}
      />
      <LiveState />
      <ThemeButton />
      <button
        type="button"
        class="icon-button"
        aria-label="Keyboard and legend"
        title="Help (?)"
        onClick={() => {
          store.help.value = true;
        }}
      >
        ?
      </button>
    </header>
  );
}

function Views() {
  const { store } = usePage();
  void store.statusVersion.value;
  const current = store.chosen.value.view;
  const tabs = tabsOf(store.views.value, current, store.session.status?.views);
  const open = (id: string) => () => store.chooseView(id);
  return (
    <nav class="segments views" aria-label="Views">
      {tabs.map(({ view, children }) => {
        const family = view.id === current || children.some((c) => c.id === current);
        return [
          <ViewButton key={view.id} view={view} current={current} open={open(view.id)} />,
          family &&
            children.map((c) => <ViewButton key={c.id} view={c} current={current} open={open(c.id)} sub />),
        ];
      })}
    </nav>
  );
}

function ViewButton({
  view,
  current,
  open,
  sub = false,
}: {
  view: ViewInfo;
  current: string;
  open: () => void;
  sub?: boolean;
}) {
  return (
    <button
      type="button"
      class={sub ? "sub-view" : undefined}
      aria-current={view.id === current ? "page" : undefined}
      onClick={open}
    >
      {view.name}
    </button>
  );
}

function SearchBox() {
  const { store } = usePage();
  const { query } = store.chosen.value;
  const found = store.matched.value?.size;
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        type="text"
        aria-label="Search"
        placeholder="Search: nginx, host:web-1, cpu > 40%"
        spellcheck={false}
        autocomplete="off"
        value={query}
        onInput={(e) => store.choose({ query: e.currentTarget.value })}
      />
      {query === "" ? (
        <kbd>/</kbd>
      ) : (
        <>
          <span class={found === 0 ? "found none" : "found"} role="status">
            {found ?? 0} found
          </span>
          <button
            type="button"
            class="clear"
            aria-label="Clear search"
            onClick={() => store.choose({ query: "" })}
          >
            <Icon name="close" />
          </button>
        </>
      )}
    </div>
  );
}

function ThemeButton() {
  const choice = themeChoice.value;
  const icon = choice === "dark" ? "moon" : choice === "light" ? "sun" : "system";
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={`Theme: ${choice}`}
      title={`Theme: ${choice}`}
      onClick={nextTheme}
    >
      <Icon name={icon} />
    </button>
  );
}
