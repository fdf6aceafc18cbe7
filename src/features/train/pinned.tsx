/** Pinned sentences with what the model says to them now, and how it came to that: scored again at each evaluation. */
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import { CloseButton } from '@mantine/core';
import { classColor, classPlace } from '../../components/class-color.ts';
import { percent } from '../../components/format.ts';
import { dataClasses, dataStore } from '../../stores/data.ts';
import { pinnedStore, type PinnedEntry } from '../../stores/pinned.ts';
import { runStore } from '../../stores/run.ts';
import shared from '../../components/evaluation/evaluation.module.css';
import classes from './pinned.module.css';

const [WIDTH, HEIGHT] = [56, 18];

export function Pinned() {
  const entries = useStore(pinnedStore, (state) => state.entries);
  return (
    <div>
      <h3 className={shared.caption}>
        Pinned sentences <span className={shared.aside}>as the model learns</span>
      </h3>
      {entries.length === 0 ? (
        <p className={classes.none}>Pin a sentence in Try: it is scored again at each evaluation.</p>
      ) : (
        <ul role="list" aria-label="Pinned sentences" className={classes.pinned}>
          {entries.map((entry) => (
            <Entry key={entry.text} entry={entry} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Entry({ entry: { text, history } }: { readonly entry: PinnedEntry }) {
  const labels = useStore(pinnedStore, (state) => state.classes);
  const inData = useStore(dataStore, useShallow(dataClasses));
  const now = history.at(-1)?.probabilities ?? [];
  const said = now.indexOf(Math.max(...now));
  const label = labels[said] ?? '';
  const color = classColor(classPlace(label, inData, said));
  const several = useStore(runStore, (state) => state.evaluation?.metrics?.severalLabels != null);
  // Of several labels those that are predicted, maybe none.
  const named = several ? labels.filter((_, index) => (now[index] ?? 0) >= 0.5) : [label];
  const shares = history.map(({ probabilities }) => probabilities[said] ?? NaN);
  return (
    <li className={classes.pin}>
      <span className={classes.pinText} title={text}>
        {text}
      </span>
      {history.length > 0 && (
        <>
          <Sparkline shares={shares} color={color} label={label} />
          <span className={classes.pinShare}>
            <i aria-hidden style={{ background: color }} />
            {named.length === 0 ? 'no label' : named.join(', ')} {named.length === 1 && <b>{percent(now[said] ?? NaN)}</b>}
          </span>
        </>
      )}
      <CloseButton size="xs" aria-label={`Unpin ${text}`} onClick={() => void pinnedStore.getState().unpin(text)} />
    </li>
  );
}

interface SparklineProps {
  readonly shares: readonly number[];
  readonly color: string;
  readonly label: string;
}

/** From 0 at the bottom to 1 at the top; the line in the middle is an even chance. */
function Sparkline({ shares, color, label }: SparklineProps) {
  const toX = (i: number): number => 2 + (i / Math.max(1, shares.length - 1)) * (WIDTH - 4);
  const toY = (share: number): number => HEIGHT - 2 - share * (HEIGHT - 4);
  const path = shares.map((share, i) => `${i === 0 ? 'M' : 'L'}${toX(i).toFixed(1)},${toY(share).toFixed(1)}`).join('');
  return (
    <svg role="img" aria-label={`${label} at each evaluation: ${shares.map(percent).join(', ')}`} width={WIDTH} height={HEIGHT}>
      <line x1={2} x2={WIDTH - 2} y1={toY(0.5)} y2={toY(0.5)} stroke="var(--line)" />
      <path d={path} fill="none" stroke={color} strokeWidth={1.6} strokeLinejoin="round" />
      <circle cx={toX(shares.length - 1)} cy={toY(shares.at(-1) ?? 0)} r={2} fill={color} />
    </svg>
  );
}
