/** Tells who listens instead of looking how a run goes: each evaluation and the end, once. */
import { VisuallyHidden } from '@mantine/core';
import { useStore } from 'zustand';
import { figure } from '../../components/format.ts';
import { runStore } from '../../stores/run.ts';

export function Announcer() {
  const words = useStore(runStore, ({ evaluation, result, totalSteps }) => {
    if (!evaluation) return '';
    const quality = `validation accuracy ${figure(evaluation.accuracy)}, macro F1 ${figure(evaluation.macroF1)}`;
    if (result) return `Training ${result.outcome} after ${result.steps} steps, ${quality}.`;
    return `Step ${evaluation.step} of ${totalSteps}: ${quality}.`;
  });
  return <VisuallyHidden aria-live="polite">{words}</VisuallyHidden>;
}
