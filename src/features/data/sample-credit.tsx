/** Who made the sample, and under which licence. */
import classes from './data.module.css';

export function SampleCredit() {
  return (
    <p className={classes.credit}>
      Sample:{' '}
      <a href="https://archive.ics.uci.edu/dataset/331/sentiment+labelled+sentences" target="_blank" rel="noreferrer">
        Sentiment Labelled Sentences
      </a>{' '}
      (Kotzias et al., UCI),{' '}
      <a href="https://creativecommons.org/licenses/by/4.0/" target="_blank" rel="noreferrer">
        CC BY 4.0
      </a>
      .
    </p>
  );
}
