// One SLA on the incident page; the kit draws it.
import { SlaBlock } from "vigie-kit";

export default SlaBlock;
