import "htmx.org";
import "./elements/draft-form";
import "./elements/duration-picker";
import "./elements/item-limit";
import "./elements/text-counter";
import "./load-more";
import "./submit-once";
