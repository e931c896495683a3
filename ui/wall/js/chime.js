// Two soft tones, where the browser permits a page to sound that nobody has touched. Between two the audio rests.
import { ref } from "vue";

const TONES = [[880, 0], [1174.66, 0.22]], LENGTH = 0.55, LOUD = 0.25, PATIENCE = 1500, OVER = 2000;
const sleep = (time) => new Promise((done) => setTimeout(done, time));

let context = null;
/** Whether the browser keeps the page silent. */
export const muted = ref(false);

/** Whether the audio runs now, which a browser that wants a touch first does not say but leaves open. */
async function wake() {
  context ??= new AudioContext();
  await Promise.race([context.resume().catch(() => {}), sleep(PATIENCE)]);
  muted.value = context.state !== "running";
  return !muted.value;
}

/** Finds out whether tones would be heard; a touch of the screen asks again. */
export async function prepare() {
  if (await wake()) await context.suspend();
}

export async function chime() {
  if (!(await wake())) return;
  for (const [hertz, after] of TONES) {
    const tone = context.createOscillator(), level = context.createGain(), at = context.currentTime + after;
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(LOUD, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.001, at + LENGTH);
    tone.connect(level).connect(context.destination);
    tone.start(at);
    tone.stop(at + LENGTH);
    tone.onended = () => { tone.disconnect(); level.disconnect(); };
  }
  await sleep(OVER);
  await context.suspend();
}
