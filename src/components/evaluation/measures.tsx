/** What else an evaluation measured. */
import { memo } from 'react';
import type { Evaluation } from '../../protocol/trainer.ts';
import { figure } from '../format.ts';
import classes from './evaluation.module.css';

/** What each measure says, for who does not use it every day. */
type Measure = readonly [name: string, value: string, meaning: string];

export const Measures = memo(function Measures({ evaluation: { macroF1, loss, metrics } }: { readonly evaluation: Evaluation }) {
  const interval = metrics?.macroF1Interval;
  const several = metrics?.severalLabels;
  const ofKind: readonly Measure[] = several
    ? [
        ['Micro F1', figure(metrics.micro.f1), 'over all labels of all texts'],
        ['Samples F1', figure(several.samples.f1), 'of each text; 0 where it has no label'],
        ['Hamming loss', figure(several.hammingLoss), 'share of labels that are wrong'],
      ]
    : [
        ['MCC', figure(metrics?.mcc), '1 is perfect, 0 is guessing'],
        ['Calibration error', figure(metrics?.expectedCalibrationError), '0: as often right as it is sure'],
      ];
  const rows: readonly Measure[] = [
    [
      'Macro F1',
      interval ? `${figure(macroF1)} (${figure(interval.low)} to ${figure(interval.high)})` : figure(macroF1),
      interval ? 'with its 95 % interval' : 'the mean of the classes',
    ],
    ['Weighted F1', figure(metrics?.weighted.f1), 'by the rows of each class'],
    ['ROC AUC', figure(metrics?.rocAuc), '0.5 is guessing'],
    ['Log loss', figure(loss), 'sure and wrong costs most'],
    ...ofKind,
  ];
  return (
    <div>
      <h3 className={classes.caption}>Measures</h3>
      <dl className={classes.measures}>
        {rows.map(([name, value, meaning]) => (
          <div key={name}>
            <dt>
              {name} <span className={classes.aside}>{meaning}</span>
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
});
