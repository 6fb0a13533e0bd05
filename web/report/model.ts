/* SPDX-License-Identifier: Apache-2.0
 *
 * The report model: the one JSON document that the page draws. docs/internals/report-model.md says what
 * each field means; this is the same in types. A section that is absent is not shown. */

/** A text of gyeol's own in both languages, or a text from the data in the only form it has. */
export type Text = string | { ko: string; en: string };
/** Exact digits, as in "8911407.9040". */
export type Decimal = string;
/** "2011-12-10T12:50:00Z" */
export type Instant = string;

export type Unit = "days" | "orders" | "money" | "lines" | "units" | "products" | "categories" | "share" | "index" | "ratio" | "time" | "count";

export interface Meta {
  project: string;
  run: string;
  as_of: Instant;
  period_start: Instant | null;
  period_end: Instant | null;
  timezone: string;
  currency: string | null;
  generated_at: Instant;
  language: "ko" | "en";
  version: string;
}

export interface KeyFigures {
  customers: number;
  orders: number;
  lines: number;
  revenue: Decimal;
  average_order_value: Decimal | null;
  revenue_per_customer: Decimal | null;
  orders_per_customer: number | null;
  repeat_rate: number | null;
  active_customers: number;
  active_days: number;
}

export interface MonthRow {
  month: string;
  revenue: Decimal;
  orders: number;
  customers: number;
  new_customers: number;
  complete: boolean;
}

export interface SourceRow {
  source: string;
  /** The canonical table; absent in reports of older runs. */
  target?: string;
  file: string;
  format: string;
  encoding: string | null;
  bytes: number;
  rows_read: number;
  rows_accepted: number;
  rows_rejected: number;
}

export interface RejectRow {
  source: string;
  reason: Text;
  rows: number;
  examples: { file: string; line: number; column: string | null; value: string | null }[];
}

export interface RuleRow {
  rule: string;
  name: Text;
  rows: number;
  amount: Decimal | null;
  action: "exclude" | "keep" | "net";
}

export interface DuplicateRow {
  source: string;
  exact: number;
  key: number;
  other_source: number;
}

export interface DataQuality {
  rows_read: number;
  rows_accepted: number;
  rows_rejected: number;
  lines_kept: number;
  revenue_kept: Decimal;
  sources: SourceRow[];
  rejects: RejectRow[];
  rules: RuleRow[];
  /** Sources that look for duplicates; absent in reports of older runs. */
  duplicates?: DuplicateRow[];
  by_source?: SourceCounts[];
  contracts?: ContractRow[];
  missing?: MissingRow[];
  /** Columns that say who somebody is, and other texts in which somebody is named. */
  identifiers?: IdentifierRow[];
  free_text?: FreeTextRow[];
  history?: QualityRun[];
}

export interface SourceCounts {
  source: string;
  read: number;
  accepted: number;
  rejected: number;
  repaired: number;
  /** Rows of people who were forgotten, left out; absent in reports of older runs. */
  forgotten?: number;
}

export type Verdict = "pass" | "warn" | "quarantine" | "stop";

/** What a contract of gyeol.yaml found. */
export interface ContractRow {
  source: string;
  name: string;
  rule: "required" | "type" | "range" | "set" | "pattern" | "unique" | "foreign_key" | "window" | "fresh" | "row_change";
  severity: "warn" | "quarantine" | "stop";
  threshold: string | null;
  rows: number;
  failed: number;
  share: number | null;
  verdict: Verdict;
  examples: { file: string; line: number; value: string | null }[];
}

export interface MissingRow {
  source: string;
  column: string;
  rows: number;
  share: number;
}

export type IdentifierKind = "email" | "phone" | "person_name" | "address" | "resident_number" | "card_number" | "customer_id" | "loyalty_card" | "hashed_email" | "device_id" | "anonymous_id";

/** Cells of a column: with a pseudonym, without a value, of nobody ("test@..."), of no such identifier. */
export interface IdentifierRow {
  source: string;
  column: string;
  kind: IdentifierKind;
  pseudonyms: number;
  empty: number;
  junk: number;
  invalid: number;
}

export interface FreeTextRow {
  source: string;
  column: string;
  masked: boolean;
  cells: Partial<Record<IdentifierKind, number>>;
}

/** A run in the history of the data's quality, oldest first. */
export interface QualityRun {
  run: string;
  started_at: Instant;
  read: number;
  rejected: number;
  repaired: number;
  rules: number;
  failing: number;
}

export interface RfmCell {
  r: number;
  f: number;
  customers: number;
  revenue: Decimal;
  mean_monetary: Decimal | null;
  mean_m_score?: number | null;
  segment: string | null;
}

export interface RfmSegment {
  segment: string;
  name: Text;
  meaning?: Text;
  rule: Text;
  suggestion: Text;
  customers: number;
  customer_share: number;
  revenue: Decimal;
  revenue_share: number;
  median_recency_days: number | null;
  median_orders: number | null;
  median_monetary: Decimal | null;
}

export interface ScoreRange {
  measure: "recency_days" | "orders" | "monetary";
  score: number;
  customers: number;
  low: number | Decimal | null;
  high: number | Decimal | null;
}

export interface Rfm {
  cells: RfmCell[];
  segments: RfmSegment[];
  score_ranges: ScoreRange[];
}

export interface Candidate {
  k: number;
  inertia: number;
  silhouette: number | null;
  silhouette_se: number | null;
  stability: number | null;
  stability_sd: number | null;
}

export interface ClusterChoice {
  chosen_k: number;
  reason: Text;
  candidates: Candidate[];
}

/** The customer nearest to a cluster's centre. */
export interface Prototype {
  customer_id: string;
  values: Record<string, number | Decimal | null>;
}

export interface ClusterRow {
  cluster: number;
  name: Text;
  customers: number;
  customer_share: number;
  revenue: Decimal;
  revenue_share: number;
  /** In the rule language; null where the tree has no leaf for the cluster. */
  rule?: string | null;
  rule_precision?: number | null;
  rule_recall?: number | null;
  prototype?: Prototype | null;
  outliers?: number;
  outlier_share?: number;
}

/** The decision tree that the rules come from. */
export interface Surrogate {
  fidelity: number | null;
  customers: number;
  grown_on: number;
  filled: number;
  outlier_rule: Text;
}

export interface ClusterFate {
  cluster: number;
  change: "continues" | "split" | "merged" | "born" | "died";
  share: number;
  other?: number;
}

/** What became of the last version's clusters. */
export interface SinceLast {
  run: string;
  both: number;
  kept: number;
  before: (ClusterFate & { name: Text })[];
  after: ClusterFate[];
  /** Customers by cluster then (last row: in none) and now (last column: in none). */
  counts: number[][];
}

export interface ClusterFeature {
  feature: string;
  name: Text;
  unit: Unit;
  used: boolean;
}

export interface ClusterValue {
  cluster: number;
  feature: string;
  mean: number | Decimal | null;
  median: number | Decimal | null;
  z: number | null;
}

export interface ClusterAttribute {
  cluster: number;
  attribute: Text;
  unit: Unit;
  inside: number | Decimal;
  overall: number | Decimal;
  effect: number;
  measure: "cohen_h" | "cohen_d";
}

export interface ClusterProduct {
  cluster: number;
  product: string;
  name: string | null;
  revenue: Decimal;
  customers: number;
  customer_share: number;
  lift: number | null;
}

/** What was done to a feature before it was clustered; bounds and fills in its own units. */
export interface PreparedColumn {
  column: string;
  missing: "median" | "mean" | "mode" | "constant" | "predict";
  n_missing: number;
  fill: number | null;
  /** Of a prediction: whether it could be made, its error on rows it was not fitted on, and that of the mean. */
  predicted?: boolean;
  error?: number | null;
  baseline?: number | null;
  error_of?: "value" | "log";
  outliers: string;
  low: number | null;
  high: number | null;
  n_low: number;
  n_high: number;
}

export interface Clusters {
  k: number;
  method: Text;
  silhouette: number | null;
  stability: number | null;
  surrogate?: Surrogate | null;
  since_last?: SinceLast | null;
  preparation?: { columns: PreparedColumn[] } | null;
  features: ClusterFeature[];
  clusters: ClusterRow[];
  values: ClusterValue[];
  attributes: ClusterAttribute[];
  products: ClusterProduct[];
}

export interface CohortCell {
  cohort: string;
  period: number;
  customers: number;
  retention: number | null;
  mature: boolean;
}

export interface Cohorts {
  period: "month";
  cohorts: { cohort: string; customers: number }[];
  cells: CohortCell[];
  pooled: { period: number; customers: number; retained: number; retention: number | null; pooled_retention?: number | null }[];
}

export interface SharePoint {
  customer_share: number;
  revenue_share: number;
}

export interface Concentration {
  gini: number | null;
  top: SharePoint[];
  curve: SharePoint[];
}

export interface ProductRow {
  product: string;
  name: string | null;
  category: string | null;
  revenue: Decimal;
  revenue_share: number;
  orders: number;
  customers: number;
}

export interface CategoryRow {
  category: string;
  revenue: Decimal;
  revenue_share: number;
  orders: number;
  customers: number;
}

export interface FeatureRow {
  feature: string;
  name: Text;
  meaning: Text;
  unit: Unit;
  formula: string;
  null_when?: string | null;
}

export interface MethodRow {
  section: string | null;
  title: Text;
  text: Text;
}

export interface QueryRow {
  section: string | null;
  title: Text;
  sql: string;
}

/** Who is one person, as counts. */
export interface Identity {
  keys: number;
  people: number;
  merged: number;
  aliases: number;
  guests: number;
  apart: number;
  shared: number;
  stopped: number;
  too_large: number;
  review: number;
  by_hand: number;
}

/** A segment that the project defines; of one with an error the customers of its last good version. */
export interface OwnSegment {
  name: string;
  title: Text;
  kind: string;
  description: string | null;
  owner: string | null;
  tags: string | null;
  purpose: string | null;
  exclusive: string | null;
  version: number;
  customers: number;
  share: number | null;
  revenue: Decimal;
  revenue_share: number | null;
  revenue_per_customer: Decimal | null;
  /** At the last refresh; null where it has an error. */
  entered: number | null;
  left: number | null;
  evaluated_at: Instant | null;
  error: string | null;
  failed_at: Instant | null;
}

export interface SegmentFlow {
  set: string;
  segments: string[];
  /** null: in none of the set. */
  links: { before: Instant; after: Instant; from: string | null; to: string | null; customers: number }[];
}

export interface OwnSegments {
  rows: OwnSegment[];
  overlap: { segments: string[]; customers: number[][] };
  flows: SegmentFlow[];
}

export interface Model {
  format: "gyeol-report/1";
  meta: Meta;
  key_figures?: KeyFigures;
  monthly?: { rows: MonthRow[] };
  identity?: Identity;
  own_segments?: OwnSegments;
  data_quality?: DataQuality;
  rfm?: Rfm;
  cluster_choice?: ClusterChoice;
  clusters?: Clusters;
  cohorts?: Cohorts;
  concentration?: Concentration;
  products?: { rows: ProductRow[] };
  categories?: { rows: CategoryRow[] };
  features?: { rows: FeatureRow[] };
  methods?: { rows: MethodRow[] };
  queries?: { rows: QueryRow[] };
}
