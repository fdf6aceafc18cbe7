/** DeBERTa's relative positions: which row of the table of positions stands for a distance between two tokens. */

export interface RelativeBuckets {
  /** Near distances have a row each, far ones share `position_buckets` logarithmically; 0: each has its own. */
  readonly position_buckets: number;
  /** Distances from here on are taken as one less than this. */
  readonly max_relative_positions: number;
}

export interface RelativeConfig extends RelativeBuckets {
  /** Whether the table goes through a LayerNorm. */
  readonly layer_norm: boolean;
  /** Whether the layers' own queries and keys serve the positions too. */
  readonly shared: boolean;
  /** Whether contents ask positions (c2p), and positions contents (p2c); at least one. */
  readonly c2p: boolean;
  readonly p2c: boolean;
}

/** Rows of the table on either side of distance 0; it has twice as many. */
export function relativeSpan({ position_buckets, max_relative_positions }: RelativeBuckets): number {
  return position_buckets > 0 ? position_buckets : max_relative_positions;
}

/** transformers' make_log_bucket_position, rounded to f32 where PyTorch rounds. */
function bucketOf(distance: number, buckets: number, maxPosition: number): number {
  const middle = Math.floor(buckets / 2);
  const size = Math.abs(distance);
  if (size <= middle) return distance;
  const log = (x: number): number => Math.fround(Math.log(Math.fround(x)));
  const share = Math.fround(log(size / middle) / log((maxPosition - 1) / middle));
  return Math.sign(distance) * (Math.ceil(Math.fround(share * (middle - 1))) + middle);
}

/** The rows for the distances -reach .. reach (query - key), padded to a multiple of 4. */
export function relativePlaces(config: RelativeBuckets, reach: number): Int32Array {
  const span = relativeSpan(config);
  const { position_buckets: buckets, max_relative_positions: most } = config;
  const places = new Int32Array(4 * Math.ceil((2 * reach + 1) / 4));
  for (let distance = -reach; distance <= reach; distance++) {
    const bucket = buckets > 0 ? bucketOf(distance, buckets, most) : distance;
    places[distance + reach] = Math.min(Math.max(bucket + span, 0), 2 * span - 1);
  }
  return places;
}
