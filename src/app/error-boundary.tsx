/** The last net: when drawing the page fails, says so and offers to draw it again. Data, model and run live in the stores and stay. */
import { Component, type ReactNode } from 'react';
import { ProblemList } from '../components/problem-list.tsx';
import { problemText } from '../stores/problems.ts';
import classes from './app.module.css';

interface State {
  readonly error: unknown;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const text = {
      ...problemText(error, 'The page'),
      id: 0,
      fix: 'Dismiss this to draw the page again; your data and model are kept.',
    };
    return (
      <main className={classes.fallen}>
        <ProblemList problems={[text]} onDismiss={() => this.setState({ error: null })} />
      </main>
    );
  }
}
