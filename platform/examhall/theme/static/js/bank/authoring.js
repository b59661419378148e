/** The page on which a question is written. */
import "./rows.js";
import "./when.js";
import "./rich.js";
import "./hotspot.js";
import "./trial.js";
import "./leaving.js";
