// Starts the counter.
import init from "./counter.js";

await init();
