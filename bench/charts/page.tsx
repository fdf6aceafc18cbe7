/**
 * The charts of a run, the page's own with the page's own stores, fed as the trainer worker feeds them: 100,000 steps and 200 evaluations in
 * messages a tenth of a second apart. Frames are counted while the points come, and again while a person points and zooms in the whole.
 */
import { MantineProvider } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import '../../src/app/mantine.css';
import '../../src/app/theme.css';
import { theme } from '../../src/app/theme.ts';
import Charts from '../../src/features/train/charts.tsx';
import { createRandom } from '../../src/lib/random.ts';
import type { StepPoint } from '../../src/protocol/trainer.ts';
import { curvesStore, stepSeries } from '../../src/stores/curves.ts';

const STEPS = 100_000;
const EVALUATIONS = 200;
const MESSAGES = 100;
const MESSAGE_EVERY_MS = 100;
const IN_A_MESSAGE = STEPS / MESSAGES;

const random = createRandom(7);

function point(step: number): StepPoint {
  return {
    step,
    epoch: step / 1000,
    loss: 0.7 * Math.exp(-step / 20_000) + 0.2 * random.uniform(),
    learningRate: 2e-5 * (1 - step / STEPS),
    gradNorm: 1 + random.uniform(),
    rows: step * 32,
    tokens: step * 640,
    seconds: step / 30,
  };
}

function evaluation(step: number) {
  const accuracy = 0.9 - 0.3 * Math.exp(-step / 15_000) + 0.02 * random.uniform();
  return {
    step,
    epoch: step / 1000,
    loss: 1 - accuracy,
    accuracy,
    macroF1: accuracy - 0.01,
    perClassF1: [accuracy],
    confusion: [],
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Milliseconds from frame to frame while `work` is done. */
async function countFrames(work: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  let isOver = false;
  const note = (time: number): void => {
    times.push(time);
    if (!isOver) requestAnimationFrame(note);
  };
  requestAnimationFrame(note);
  await work();
  isOver = true;
  return times.slice(1).map((time, i) => time - times[i]!);
}

async function feed(): Promise<void> {
  const begin = performance.now();
  for (let message = 0; message < MESSAGES; message++) {
    const first = message * IN_A_MESSAGE + 1;
    curvesStore.getState().addSteps(Array.from({ length: IN_A_MESSAGE }, (_, i) => point(first + i)));
    for (let i = 0; i < EVALUATIONS / MESSAGES; i++)
      curvesStore.getState().addEvaluation(evaluation(first + IN_A_MESSAGE / (i + 1) - 1));
    await pause(begin + (message + 1) * MESSAGE_EVERY_MS - performance.now());
  }
}

function setUp(): void {
  curvesStore.getState().start(STEPS, Math.LN2);
  createRoot(document.getElementById('root')!).render(
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <Charts />
    </MantineProvider>,
  );
}

/** How many points the lines have that are drawn. */
function pointsDrawn(): number {
  const paths = [...document.querySelectorAll('#root svg path')].map((path) => path.getAttribute('d') ?? '');
  return Math.max(...paths.map((d) => d.split('L').length));
}

Object.assign(globalThis, {
  bench: {
    setUp,
    feed: () => countFrames(feed),
    frames: (milliseconds: number) => countFrames(() => pause(milliseconds).then(() => undefined)),
    steps: () => stepSeries().length,
    pointsDrawn,
  },
});
