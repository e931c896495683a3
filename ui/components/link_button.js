// The kit's, as an element of its own.
export { LinkButton as default } from "vigie-kit";
