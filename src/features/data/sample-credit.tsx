/** Who made the sample, and under which licence. */
import classes from './data.module.css';

export function SampleCredit() {
  return (
    <p className={classes.credit}>
      The sample is 3,000 review sentences from{' '}
      <a href="https://archive.ics.uci.edu/dataset/331/sentiment+labelled+sentences" target="_blank" rel="noreferrer">
        Sentiment Labelled Sentences
      </a>{' '}
      (UCI; Kotzias et al. 2015),{' '}
      <a href="https://creativecommons.org/licenses/by/4.0/" target="_blank" rel="noreferrer">
        CC BY 4.0
      </a>
      .
    </p>
  );
}
