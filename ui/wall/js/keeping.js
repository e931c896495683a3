// What a screen needs that runs for weeks: it stays awake, does not burn in, dims at night, and begins anew each night.
import { now, zone } from "vigie-kit";
import { answers } from "./feed.js";

const NIGHT = [22, 6], ANEW = 4; // hours of the organisation's zone
const UP_AT_LEAST = 3600, FAR = [10, 8];
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", hour: "numeric", minute: "numeric" });
const begun = performance.now();

function local(at) {
  const [hour, minute] = clock.format(at * 1000).split(":").map(Number);
  return { hour, minute };
}

export function isNight(at) {
  const { hour } = local(at);
  return hour >= NIGHT[0] || hour < NIGHT[1];
}

/** Where the picture stands in this minute: on a path that comes back to the same place only after hours. */
export function drift(at) {
  const minutes = Math.floor(at / 60);
  return [Math.round(FAR[0] * Math.sin(minutes * 0.7)), Math.round(FAR[1] * Math.sin(minutes * 1.1))];
}

/** The page is loaded anew, once the server answers: a browser's own error page would never come back. */
export async function reload() {
  if (await answers()) location.reload();
}

export function keep() {
  const minute = Math.floor(Math.random() * 30);
  setInterval(() => {
    const at = local(now.value);
    if (at.hour === ANEW && at.minute === minute && (performance.now() - begun) / 1000 > UP_AT_LEAST) reload();
  }, 60000);
  const awake = () => { if (document.visibilityState === "visible") navigator.wakeLock?.request("screen").catch(() => {}); };
  document.addEventListener("visibilitychange", awake);
  awake();
}
