// Opening hours in the browser: the same sums as services/calendar.py, on the sheet that the server wrote down for good.
import { shallowReactive } from "vue";

const DAY = 86400;
const sheets = shallowReactive({});

/** The sheet {week, closed, offsets} that `key` names, fetched once; null until it is here, or without a key. */
export function hoursOf(key) {
  if (!key) return null;
  if (!(key in sheets)) {
    sheets[key] = null;
    fetch("/sla/hours/" + key).then((answer) => (answer.ok ? answer.json() : null)).then((sheet) => {
      if (sheet) sheets[key] = { ...sheet, off: new Set(sheet.closed) };
    }, () => setTimeout(() => delete sheets[key], 30000));
  }
  return sheets[key];
}

/** Seconds of opening time from one epoch second to another, negative backwards; all time counts without a sheet. */
export function openBetween(hours, from, to) {
  if (!hours) return to - from;
  if (to < from) return -openBetween(hours, to, from);
  let sum = 0;
  for (let day = localDay(hours, from), last = localDay(hours, to); day <= last; day++) {
    for (const [opens, closes] of openings(hours, day)) sum += Math.max(0, Math.min(closes, to) - Math.max(opens, from));
  }
  return sum;
}

/** The epoch second at which `seconds` of opening time have passed since `from`; all time counts without a sheet. */
export function openUntil(hours, from, seconds) {
  if (!hours || seconds <= 0) return from + seconds;
  for (let day = localDay(hours, from), left = seconds; ; day++) { // the server keeps no hours that never open
    for (const [opens, closes] of openings(hours, day)) {
      const start = Math.max(opens, from), open = Math.max(0, closes - start);
      if (open >= left) return start + left;
      left -= open;
    }
  }
}

/** The epoch second at which it opens again, null while it is open or nothing is known. */
export function reopensAt(hours, at) {
  if (!hours) return null;
  const today = localDay(hours, at);
  for (let day = today; day < today + 800; day++) {
    for (const [opens, closes] of openings(hours, day)) {
      if (opens <= at && at < closes) return null;
      if (opens > at && closes > opens) return opens;
    }
  }
  return null;
}

/** [opens, closes] of a local day, numbered since 1970-01-01 (a Thursday), in epoch seconds. */
function openings(hours, day) {
  if (hours.off.has(day)) return [];
  const ranges = hours.week[(((day + 3) % 7) + 7) % 7];
  return ranges.map(([start, end]) => [instantOf(hours, day * DAY + start * 60), instantOf(hours, day * DAY + end * 60)]);
}

/** The earlier one of two, the clock change itself for a local time that is skipped. */
function instantOf(hours, wall) {
  const { offsets } = hours;
  let regime = 0;
  while (regime + 1 < offsets.length && wall >= offsets[regime + 1][0] + offsets[regime][1]) regime++;
  const at = wall - offsets[regime][1];
  return regime ? Math.max(at, offsets[regime][0]) : at;
}

function localDay(hours, at) {
  let ahead = hours.offsets[0][1];
  for (const [since, offset] of hours.offsets) { if (since <= at) ahead = offset; else break; }
  return Math.floor((at + ahead) / DAY);
}
