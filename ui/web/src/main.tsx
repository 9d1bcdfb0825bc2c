import "@fontsource-variable/inter/wght.css";
import "virtual:tokens.css";
import "./view/styles/base.css";
import "./view/styles/top_bar.css";
import "./view/styles/map.css";
import "./view/styles/panel.css";
import "./view/styles/table.css";
import { render } from "preact";
import { apiUrl } from "./api/rest.ts";
import { parseUrl } from "./model/url_state.ts";
import { followAddress } from "./view/address.ts";
import { App } from "./view/app.tsx";
import { listenToKeys } from "./view/keyboard.ts";
import { MapControl } from "./view/map/map_control.ts";
import { Store } from "./view/store.ts";

const asked = new URLSearchParams(location.search).get("renderer");
const store = new Store(parseUrl(location.search), apiUrl("stream", document.baseURI, true));
const map = new MapControl(store, asked === "webgl" || asked === "canvas" ? asked : null);
const page = { store, map };

// For the console and for tests that ask where a node is on the picture.
Object.assign(window, { reticle: page });

followAddress(store);
listenToKeys(page);
render(<App page={page} />, document.getElementById("app")!);
store.start();
