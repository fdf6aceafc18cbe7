/** What would need less memory, each at a click. */
import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import { percent } from '../../components/format.ts';
import { aboutBytes } from '../../lib/about.ts';
import type { LighterSettings, RehearsalReport } from '../../protocol/rehearsal.ts';
import { modelStore } from '../../stores/model.ts';
import { preflightStore } from '../../stores/preflight.ts';
import { openStarter } from '../../stores/session.ts';
import classes from './preflight.module.css';

/** What is changed, and what that costs. */
function wordsOf({ kind, change, cut }: LighterSettings): readonly [change: string, price: string] {
  switch (kind) {
    case 'batch':
      return [
        `Batch size ${change.per_device_train_batch_size}, ${change.gradient_accumulation_steps} batches in a step`,
        'the same steps, a little slower',
      ];
    case 'length':
      return [`Max length ${change.max_length}`, cut ? `cuts ${percent(cut)} of the texts` : 'cuts no text'];
    case 'halves':
      return ['Keep in 16 bits', 'all is computed in 32 bits as before'];
    case 'checkpointing':
      return ['Gradient checkpointing', 'the same result, a third more time'];
    case 'lora':
      return ['LoRA', 'a few small matrices learn, often nearly as well'];
  }
}

export function LighterList({ report, isOpen }: { readonly report: RehearsalReport; readonly isOpen: boolean }) {
  const isStarter = useStore(modelStore, ({ source }) => source.kind === 'starter');
  const { lighter } = report;
  if (lighter.length === 0 && isStarter) return null;
  return (
    <details className={classes.lighter} open={isOpen || undefined}>
      <summary>{isOpen ? 'What would fit better' : 'If it should need less memory'}</summary>
      <ul aria-label="Lighter settings">
        {lighter.map((each) => {
          const [change, price] = wordsOf(each);
          return (
            <li key={each.kind}>
              <Use label={`Use ${change}`} onClick={() => preflightStore.getState().apply(each.change)} />
              <span>
                {change} <span className={classes.note}>{price}</span>
              </span>
              <data value={each.bytes}>{aboutBytes(each.bytes)}</data>
            </li>
          );
        })}
        {!isStarter && (
          <li>
            <Use label="Use the starter model" onClick={() => void openStarter()} />
            <span>
              The starter <span className={classes.note}>a small model that comes with the page</span>
            </span>
          </li>
        )}
      </ul>
    </details>
  );
}

export function Use({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <Button variant="default" size="compact-xs" aria-label={label} onClick={onClick}>
      Use
    </Button>
  );
}
