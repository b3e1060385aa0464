/** uptime: how long the system has been up, and how busy it is. */
import { now } from "../lib/clock";
import { finish } from "../lib/exit";
import { stdout } from "../lib/io";
import { Options } from "../lib/options";
import { bootTime, loadAverages, uptimeSeconds, uptimeText } from "../lib/proc/system";
import { format } from "../lib/strftime";
import { localCalendar, localZone } from "../lib/timezone";

const USAGE = `Usage: uptime [OPTION]
Show the time, how long the system has been up, and the load of the last 1, 5 and 15 minutes.

  -p, --pretty  only how long
  -s, --since   since when`;

const options = new Options("ps", "pretty=p since=s", USAGE);
let pretty = false;
let since = false;
while (options.next()) {
  if (options.name == "p") pretty = true;
  else since = true;
}
const zone = localZone();
const text = uptimeText(<u64>uptimeSeconds());
if (since) stdout.writeLine(format("%Y-%m-%d %H:%M:%S", localCalendar(zone, bootTime() * 1000000000)));
else if (pretty) stdout.writeLine(text);
else stdout.writeLine(" " + format("%H:%M:%S", localCalendar(zone, now())) + " " + text + ",  load average: " + loadAverages());
finish(0);
