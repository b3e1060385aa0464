import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ensureIsolation } from "./isolation/ensure-isolation.ts";
import { App } from "./shell/app.tsx";
import { parseLaunchOptions } from "./state/launch-options.ts";
import "@xterm/xterm/css/xterm.css";
import "./shell/shell.css";
import "./machines/machines.css";

const options = parseLaunchOptions(location.search);
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

if (options.mode === "up" || (await ensureIsolation())) {
  createRoot(root).render(
    <StrictMode>
      <App options={options} />
    </StrictMode>,
  );
}
