import { Sha256 } from "../lib/digest/sha256";
import { digestMain } from "../lib/digest/main";

digestMain(new Sha256(), "SHA256", 64);
