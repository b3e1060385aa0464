// Turning job control on and off.
import { Option, options } from "../options";
import { complain } from "../report";
import { shell } from "../state";
import { updateSignals } from "./signals";
import { acquireTerminal, releaseTerminal } from "./terminal";

let monitoring: bool = false;

/** Makes options that act on the system take effect. */
export function optionsChanged(): void {
  if (shell.subshellDepth == 0 && options[Option.Monitor] != monitoring) {
    if (options[Option.Monitor] && !acquireTerminal()) {
      complain("can't access tty; job control turned off");
      options[Option.Monitor] = false;
    }
    if (!options[Option.Monitor] && monitoring) releaseTerminal();
    monitoring = options[Option.Monitor];
  }
  updateSignals();
}
