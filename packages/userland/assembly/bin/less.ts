import { less } from "../lib/less/main";

less("less");
