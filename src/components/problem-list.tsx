/** Problems in words: where, what was expected, what was found, how to fix it. Each can be dismissed. */
import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ProblemText } from '../lib/problem.ts';
import classes from './problem-list.module.css';

export interface ProblemListProps {
  readonly problems: readonly (ProblemText & { readonly id: number })[];
  /** Left out for problems that stay until they are solved. */
  readonly onDismiss?: (id: number) => void;
  /** A button that solves a problem. */
  readonly action?: (problem: ProblemText) => ReactNode;
}

export function ProblemList({ problems, onDismiss, action }: ProblemListProps) {
  return problems.map((problem) => (
    <div key={problem.id} role="alert" className={classes.problem}>
      <div className={classes.words}>
        <strong>{problem.where}</strong>
        <p>
          Expected {problem.expected}, found {problem.found}.
        </p>
        <p>{problem.fix}</p>
        {action?.(problem)}
      </div>
      {onDismiss && <CloseButton size="sm" aria-label="Dismiss" onClick={() => onDismiss(problem.id)} />}
    </div>
  ));
}
