/* SPDX-License-Identifier: Apache-2.0
 *
 * The page's own words. `en` has the type of `ko`, so a missing translation does not compile. `{name}`
 * is filled with a value and set in bold. */
import type { Lang } from "./format";

const ko = {
  report: "고객 세그먼트 보고서",
  period: "기간", as_of: "기준 시점", run: "실행", made: "만든 때", time_zone: "시간대", currency: "통화",
  language: "언어", theme: "화면 밝기", light: "밝게", dark: "어둡게", print: "인쇄",
  sections: "목차", skip: "본문으로 건너뛰기",
  footer: "이 파일은 혼자서 열립니다. 네트워크에서 아무것도 가져오지 않고 아무것도 보내지 않습니다.",
  data: "수치 표 보기", how: "계산 방법과 SQL", how_plain: "계산 방법", sql: "SQL 보기", copy: "복사", copied: "복사했습니다",
  empty_report: "보여 줄 결과가 아직 없습니다. 프로젝트를 실행하면 여기에 나타납니다.",
  bad_report: "보고서 자료를 읽을 수 없습니다. 파일이 잘렸거나 바뀌었을 수 있으니 보고서를 다시 만드세요.",
  nothing: "해당하는 자료가 없습니다.",
  customers: "고객", orders: "주문", lines: "주문 줄", revenue: "매출", share: "비중", people: "{n}명",
  customer_share: "고객 비중", revenue_share: "매출 비중", month: "월", name: "이름", category: "분류",

  nav: { summary: "요약", monthly: "월별 추이", own_segments: "내 세그먼트", rfm: "RFM 세그먼트", cluster_choice: "군집 수", clusters: "군집", cohorts: "코호트",
    concentration: "매출 집중도", products: "상품과 분류", identity: "사람 식별", data_quality: "데이터 품질", features: "특성 목록" },

  summary: "요약",
  s_scale: "기준 시점까지 고객 {customers}명이 {orders}건을 주문했고, 매출은 {revenue}입니다.",
  s_pareto: "상위 20% 고객이 매출의 {share}를 차지합니다.",
  s_repeat: "고객의 {repeat}가 두 번 이상 주문했고, 최근 {days}일 안에 주문한 고객은 {active}명입니다.",
  s_segment: "매출이 가장 큰 세그먼트는 {name}입니다. 고객의 {customers}가 매출의 {revenue}를 만듭니다.",
  s_cluster: "비슷하게 구매하는 고객은 {k}개 군집으로 나뉘며, 매출 비중이 가장 큰 군집은 ‘{name}’({revenue})입니다.",
  s_retention: "첫 구매 다음 달에 다시 주문한 고객은 평균 {retention}입니다.",
  s_quality: "자료 {read}행 가운데 {accepted}행을 받아들였고, 정제 후 주문 {kept}줄을 분석했습니다.",

  key_figures: "핵심 지표",
  average_order_value: "주문당 금액", repeat_rate: "재구매율", active: "활성 고객",
  active_note: "최근 {n}일 안에 주문", repeat_note: "두 번 이상 주문한 고객", per_customer: "고객당 {n}", orders_per: "고객당 {n}건",
  lines_note: "주문 줄 {n}개", trend_note: "월별 추이",

  monthly: "월별 추이",
  monthly_lead: "월별 매출과 주문, 고객 수입니다. 끝나지 않은 달은 흐리게 표시합니다.",
  new_customers: "신규 고객", revenue_by_month: "월별 매출", people_by_month: "월별 주문과 고객 수", incomplete: "진행 중인 달",

  own_segments: "내 세그먼트", os_lead: "프로젝트의 segments/ 폴더에 정의한 세그먼트입니다. 규모와 금액은 이번 실행의 고객, 변화는 마지막 갱신에서 들어오고 나간 고객입니다.",
  os_table: "규모, 변화, 금액", os_change: "변화", os_per_head: "1인당 금액", os_failed: "오류", os_owned: "담당 {owner}", os_for: "목적 {purpose}",
  os_failures: "오류가 있는 세그먼트", os_keeps: "{name}: 정의에 오류가 있어 마지막으로 올바른 정의의 고객 {customers}명을 그대로 둡니다({at} 기준).", os_never: "{name}: 정의에 오류가 있고, 올바른 정의가 있었던 적이 없습니다.",
  os_overlap: "세그먼트 겹침", os_overlap_note: "행 세그먼트의 고객 가운데 열 세그먼트에도 있는 비율입니다. 대각선은 고객 수입니다.", os_shared: "함께 속한 고객", os_of: "‘{name}’의 비율",
  os_flow: "이동: {set}", os_flow_note: "{moments}", os_no_flow: "아직 한 시점뿐입니다. 다음 실행부터 이동이 보입니다.", os_none: "속하지 않음", os_when: "시점", os_from: "에서", os_to: "으로",
  purposes: { analytics: "분석", personalisation: "개인화", marketing: "마케팅", third_party: "제3자 제공" } as Record<string, string>,

  rfm: "RFM 세그먼트",
  rfm_lead: "얼마나 최근에(R), 얼마나 자주(F), 얼마나 많이(M) 샀는지를 1–5점으로 매기고 점수에 따라 고객을 이름 있는 세그먼트로 나눕니다.",
  rfm_map: "R × F 지도", rfm_map_label: "최근성 점수와 빈도 점수별 고객 수와 매출을 나타낸 25칸 지도",
  colour_by: "색과 숫자", mean_spend: "평균 금액", mean_m: "평균 M", r_axis: "R 최근성", f_axis: "F 빈도", recent: "최근", long_ago: "오래전", often: "자주", rarely: "드물게",
  outline: "굵은 선은 세그먼트의 경계입니다. 한 칸에 여러 세그먼트가 있으면 고객이 가장 많은 쪽을 따릅니다.",
  segment: "세그먼트", segments: "이름 있는 세그먼트", median_recency: "최근성 중앙값", median_orders: "주문 중앙값", median_spend: "금액 중앙값",
  rule: "규칙", suggestion: "할 일", what_to_do: "세그먼트별 할 일", share_chart: "고객 비중과 매출 비중",
  no_members: "해당 고객이 없습니다.",
  ranges: "점수별 값의 범위", measure: "값", score: "{n}점", recency: "최근성(일)", frequency: "주문 수", monetary: "금액", low_high: "{low} – {high}", no_range: "없음",

  cluster_choice: "군집 수 고르기",
  choice_lead: "여러 k를 같은 자료에 적용해 견주었습니다. 근거가 되는 세 가지 값을 그대로 보입니다.",
  chosen: "선택한 k", inertia: "관성", silhouette: "실루엣", stability: "안정성", candidate: "군집 수 k",
  inertia_note: "낮을수록 촘촘합니다. 꺾이는 곳을 봅니다.", silhouette_note: "높을수록 뚜렷이 나뉩니다. ± 표준오차",
  stability_note: "1이면 다시 뽑아도 같은 군집입니다. ± 표준편차", error: "오차",

  clusters: "군집",
  clusters_lead: "구매 행동이 비슷한 고객끼리 묶었습니다. 규칙을 정하지 않고 자료에서 찾은 무리입니다.",
  cluster: "군집", cluster_sizes: "고객과 매출의 구성", heat: "군집별 특성",
  heat_note: "숫자는 평균값, 색은 전체 평균과의 차이(표준편차 단위)입니다. * 표시는 군집을 나누는 데 쓰지 않은 특성입니다.",
  below: "평균보다 낮음", above: "평균보다 높음", medians: "보통의 고객(중앙값)", attributes: "두드러진 속성", attributes_note: "군집 안 → 전체 · 효과 크기",
  top_products: "많이 사는 상품", lift: "전체의 {n}배", of_customers: "고객의 {share}", mean: "평균", median: "중앙값", z: "표준화", effect: "효과 크기", inside: "군집 안", overall: "전체", attribute: "속성",
  p_title: "군집에 앞서 특성에 한 일", p_missing: "빠진 값", p_filled: "채운 값", p_outliers: "극단값", p_beyond: "경계 밖",
  p_median: "중앙값", p_mean: "평균", p_mode: "최빈값", p_constant: "정한 값", p_predict: "다른 특성으로 예측", p_error: "오차 {error} (평균으로 채우면 {baseline})", p_in_logs: ", 로그 단위",
  p_none: "그대로", p_winsorise: "분위수로 자름", p_log: "로그", p_robust_z: "로버스트 z로 자름", p_flag: "표시만",
  cohen_h: "코헨의 h", cohen_d: "코헨의 d", feature: "특성",
  rule_quality: "군집의 {recall}를 담고, 담은 고객의 {precision}가 이 군집", no_rule: "짧은 규칙으로 나타낼 수 없을 만큼 작거나 다른 군집과 섞여 있습니다.", everybody: "모든 고객", or: "또는",
  prototype: "중심에 가장 가까운 고객", customer_id: "고객 {id}", outliers: "멀리 떨어진 고객 {n}명 ({share})", no_outliers: "멀리 떨어진 고객 없음",
  tree_note: "규칙은 군집을 본뜬 작은 결정 나무에서 나왔고, 고객의 {share}에 대해 군집과 같은 답을 합니다.", tree_sample: "나무는 무작위로 뽑은 고객 {n}명으로 만들고 모든 고객으로 쟀습니다.",
  tree_weak: "규칙이 군집을 잘 나타내지 못하므로 중앙값과 차이를 보십시오.", outlier_note: "멀리 떨어진 고객: {rule}.",
  m_title: "지난 버전과 견주어", m_kept: "두 버전에 모두 있는 고객 {both}명 가운데 {kept}명({share})이 같은 군집에 남았습니다.", m_changed: "군집이 많이 바뀌었습니다. 지난 보고서와 견줄 때 주의하십시오.",
  m_goes_on: "{name}: 이어집니다. 그때 고객의 {stay}가 남았고, 지금 고객의 {from}가 그때도 이 군집이었습니다.",
  m_continues: "{name}: 지난번 {before}에서 이어집니다. 그때 고객의 {stay}가 남았고, 지금 고객의 {from}가 그때도 이 군집이었습니다.",
  m_split_off: "{name}: {before}에서 갈라져 나왔습니다. 고객의 {share}가 거기서 왔습니다.", m_born: "{name}: 새로 생겼습니다. 어느 한 군집에서 오지 않았습니다.",
  m_merged: "지난번 {before}: {name}에 합쳐졌습니다. 고객의 {share}가 지금 거기 있습니다.", m_split: "지난번 {before}: 여러 군집으로 갈라졌습니다. 가장 먼저 {name}({share})입니다.",
  m_died: "지난번 {before}: 사라졌습니다. 고객이 여러 군집으로 흩어졌거나 떠났습니다.",
  m_then: "지난번 군집", m_newcomers: "새 고객", m_left: "지금은 없음", m_all: "모두", m_table: "군집 사이의 이동", m_note: "줄은 지난번 군집, → 뒤의 번호는 지금 군집입니다. 비율은 줄마다 100%입니다.",

  cohorts: "코호트 유지율",
  cohorts_lead: "첫 구매 월이 같은 고객이 그 뒤 몇 번째 달에 다시 주문했는지 보입니다.",
  cohort: "첫 구매 월", size: "고객 수", later: "첫 구매 후 개월", month_n: "{n}개월", retention: "유지율", low: "낮음", high: "높음", immature: "아직 끝나지 않은 달", pooled: "모든 코호트의 유지율",
  pooled_note: "끝난 달만 보며, 코호트마다 같은 무게로 평균합니다.", retained: "다시 주문한 고객", at_risk: "관찰한 고객", cohort_map: "코호트별 유지율",

  concentration: "매출 집중도",
  concentration_lead: "많이 산 고객부터 줄을 세워 매출을 더해 갑니다. 곡선이 왼쪽 위로 휠수록 소수에게 몰려 있습니다.",
  gini: "지니 계수", gini_note: "0은 고르게, 1은 한 명에게", top_share: "상위 {n} 고객", pareto: "파레토 곡선", even: "모두 같다면", holds: "매출의 {share}",

  products: "상품과 분류", products_lead: "매출이 큰 순서입니다.", product: "상품", best_products: "매출 상위 상품", best_categories: "분류별 매출",

  identity: "사람 식별", identity_lead: "고객 번호가 여럿이어도 한 사람이면 하나로 셉니다. 잘못 합치는 것이 합치지 않는 것보다 나쁘므로, 믿을 수 없는 것은 따로 두고 여기에 적습니다.",
  identity_figures: "누가 한 사람인가", figure: "항목", number: "수",
  p_people: "사람", p_people_note: "키 {keys}개로 알아본 사람입니다.",
  p_merged: "고객 번호가 여럿인 사람", p_merged_note: "고객 번호 {aliases}개가 다른 번호의 사람에 더해졌습니다.",
  p_guests: "비회원", p_guests_note: "고객 번호 없이 전자우편이나 전화로만 아는 사람입니다.",
  p_apart: "따로 둔 쌍", p_apart_note: "키는 같지만 이름·생년월일·성별이 어긋납니다. gyeol identity list로 보고 gyeol identity merge로 합칩니다.",
  p_stopped: "합치지 않은 묶음", p_stopped_note: "한 사람이라기에는 너무 커서 연결을 뺐습니다(키 {too_large}개).",
  p_shared: "믿지 않은 값", p_shared_note: "너무 많은 고객이 쓰는 전자우편·전화·카드입니다.",
  p_review: "검토할 쌍", p_review_note: "키는 다르지만 닮았습니다. gyeol identity review로 봅니다.",
  p_by_hand: "손으로 정한 것", p_by_hand_note: "다음 실행에도 그대로 남습니다.",

  data_quality: "데이터 품질",
  quality_lead: "무엇을 읽었고 무엇을 뺐는지 모두 셉니다. 읽은 행은 언제나 받아들인 행과 거부한 행의 합입니다.",
  sources: "원본", source: "원본", table: "표", file: "파일", format: "형식", encoding: "인코딩", bytes: "크기", read: "읽음", accepted: "받아들임", rejected: "거부", kept: "분석에 사용",
  rows_read: "읽은 행", rows_accepted: "받아들인 행", rows_rejected: "거부한 행", lines_kept: "분석에 사용한 주문 줄",
  rejects: "거부 사유와 예", reason: "사유", rows: "행", examples: "예", at_line: "{file} {line}행", column: "{name} 열", no_rejects: "거부한 행이 없습니다.",
  duplicates: "따로 둔 중복 행", exact: "모든 열이 같음", same_key: "키가 같음", other_source: "우선하는 원본에 있음",
  rules: "정제 규칙", amount: "금액", action: "처리", exclude: "제외", keep: "유지", net: "상계", rules_note: "한 줄이 여러 규칙에 걸릴 수 있어 합계는 뺀 줄의 수보다 클 수 있습니다.",
  by_source: "원본별 행", repaired: "고쳐서 되돌림", contracts: "자료 계약", contracts_note: "gyeol.yaml의 contracts가 정한 약속과 지켜진 정도입니다. ‘격리’는 어긴 행을 거부한 행으로 옮겼다는 뜻입니다.",
  contract: "약속", looked_at: "살펴본 행", failed: "어긴 행", threshold: "한계", verdict: "판정", no_contracts: "아직 약속이 없습니다. gyeol contracts suggest가 제안합니다.", all_kept: "모든 약속을 지켰습니다.", kept_contracts: "지킨 약속 {n}개",
  v_pass: "지킴", v_warn: "주의", v_quarantine: "격리", v_stop: "중단",
  k_required: "값이 있음", k_type: "형식", k_range: "범위", k_set: "정해진 값", k_pattern: "모양", k_unique: "중복 없음", k_foreign_key: "다른 원본에 있음", k_window: "기간", k_fresh: "최신", k_row_change: "행 수 변화",
  missing: "빈칸의 비율", missing_note: "읽을 수 있었던 행에서 값이 없는 칸의 비율입니다. 빈칸이 없는 열은 표시하지 않습니다.", column_name: "열", empty_cells: "빈칸", none_missing: "빈칸이 없습니다.",
  identifiers: "개인 식별 정보", identifiers_note: "직접 식별자는 가명으로만 저장하고 원문은 금고에 암호화해 둡니다. 누구의 것도 아닌 값(시험용 주소, 0뿐인 번호)과 잘못된 값은 빈칸이 됩니다.", kind: "종류", pseudonyms: "가명", junk: "주인 없음", invalid: "잘못됨", forgotten: "잊은 사람의 행",
  free_text: "글 속의 개인 정보", free_text_note: "다른 글자 열에서 찾은 전자우편·전화·주민등록번호·카드 번호입니다.", found_cells: "찾은 칸", masked: "가림", unmasked: "그대로 저장",
  i_email: "전자우편", i_phone: "전화", i_person_name: "이름", i_address: "주소", i_resident_number: "주민등록번호", i_card_number: "카드 번호", i_customer_id: "고객 번호", i_loyalty_card: "멤버십 카드", i_hashed_email: "전자우편 해시", i_device_id: "기기", i_anonymous_id: "쿠키",
  history: "실행별 품질", history_note: "실행마다 거부한 행의 비율과 어긴 약속의 수입니다.", rejected_share: "거부한 행의 비율", failing: "어긴 약속", when: "때",

  features: "특성 목록", features_lead: "고객마다 계산한 값의 뜻과 식입니다.", meaning: "뜻", unit: "단위", formula: "식", missing_when: "값 없음: {n}",
  units: { days: "일", orders: "건", money: "금액", lines: "줄", units: "개", products: "종", categories: "개", share: "비율", index: "지수", ratio: "비", time: "시각", count: "수" },
  methods: "방법",
};

export type Strings = typeof ko;

const en: Strings = {
  report: "Customer segmentation report",
  period: "Period", as_of: "As of", run: "Run", made: "Made", time_zone: "Time zone", currency: "Currency",
  language: "Language", theme: "Brightness", light: "Light", dark: "Dark", print: "Print",
  sections: "Contents", skip: "Skip to the contents",
  footer: "This file stands alone: it loads nothing from the network and sends nothing.",
  data: "Show the numbers", how: "How it is computed, and SQL", how_plain: "How it is computed", sql: "Show SQL", copy: "Copy", copied: "Copied",
  empty_report: "There are no results to show yet. They appear here once the project has run.",
  bad_report: "The report's data cannot be read. The file may be cut off or changed; make the report again.",
  nothing: "There is nothing to show here.",
  customers: "Customers", orders: "Orders", lines: "Order lines", revenue: "Revenue", share: "Share", people: "{n}",
  customer_share: "Share of customers", revenue_share: "Share of revenue", month: "Month", name: "Name", category: "Category",

  nav: { summary: "Summary", monthly: "Months", own_segments: "Your segments", rfm: "RFM segments", cluster_choice: "Choice of k", clusters: "Clusters", cohorts: "Cohorts",
    concentration: "Concentration", products: "Products", identity: "People", data_quality: "Data quality", features: "Features" },

  summary: "Summary",
  s_scale: "Up to the as-of instant, {customers} customers placed {orders} orders worth {revenue}.",
  s_pareto: "The top 20% of customers bring {share} of revenue.",
  s_repeat: "{repeat} of customers ordered more than once; {active} ordered within the last {days} days.",
  s_segment: "The largest segment by revenue is {name}: {customers} of customers, {revenue} of revenue.",
  s_cluster: "Customers who buy alike form {k} clusters; the one with the largest share of revenue is “{name}” ({revenue}).",
  s_retention: "On average {retention} of new customers order again in the month after their first purchase.",
  s_quality: "Of {read} rows read, {accepted} were accepted; {kept} order lines remained after cleaning.",

  key_figures: "Key figures",
  average_order_value: "Average order value", repeat_rate: "Repeat rate", active: "Active customers",
  active_note: "ordered within {n} days", repeat_note: "ordered more than once", per_customer: "{n} per customer", orders_per: "{n} per customer",
  lines_note: "{n} order lines", trend_note: "by month",

  monthly: "Month by month",
  monthly_lead: "Revenue, orders and customers of each month. A month that is not over is drawn pale.",
  new_customers: "New customers", revenue_by_month: "Revenue by month", people_by_month: "Orders and customers by month", incomplete: "month not over",

  own_segments: "Your segments", os_lead: "Segments that the project defines in its folder segments/. Size and money are those of this run's customers; the change is who came and went at the last refresh.",
  os_table: "Size, change, money", os_change: "Change", os_per_head: "Per customer", os_failed: "error", os_owned: "owner {owner}", os_for: "for {purpose}",
  os_failures: "Segments with an error", os_keeps: "{name}: the definition has an error; it keeps the {customers} customers of its last good one, as of {at}.", os_never: "{name}: the definition has an error, and there never was a good one.",
  os_overlap: "How segments overlap", os_overlap_note: "Of the customers of a row’s segment, the share that is in the column’s too. The diagonal has the sizes.", os_shared: "Customers of both", os_of: "Share of ‘{name}’",
  os_flow: "Moves: {set}", os_flow_note: "{moments}", os_no_flow: "There is one moment only so far. Moves show from the next run on.", os_none: "in none", os_when: "When", os_from: "From", os_to: "To",
  purposes: { analytics: "analytics", personalisation: "personalisation", marketing: "marketing", third_party: "third parties" } as Record<string, string>,

  rfm: "RFM segments",
  rfm_lead: "How recently (R), how often (F) and how much (M) each customer bought, scored 1 to 5; the scores decide the named segment.",
  rfm_map: "R × F map", rfm_map_label: "Map of 25 tiles: customers and revenue by recency score and frequency score",
  colour_by: "Colour and number", mean_spend: "Mean spend", mean_m: "mean M", r_axis: "R recency", f_axis: "F frequency", recent: "recent", long_ago: "long ago", often: "often", rarely: "rarely",
  outline: "Heavy lines are the borders between segments. A tile with several segments follows the one with most customers.",
  segment: "Segment", segments: "Named segments", median_recency: "Median recency", median_orders: "Median orders", median_spend: "Median spend",
  rule: "Rule", suggestion: "What to do", what_to_do: "What to do with each segment", share_chart: "Share of customers and of revenue",
  no_members: "No customers at present.",
  ranges: "Range of values behind each score", measure: "Value", score: "Score {n}", recency: "Recency (days)", frequency: "Orders", monetary: "Spend", low_high: "{low} – {high}", no_range: "none",

  cluster_choice: "Choosing the number of clusters",
  choice_lead: "Every k was fitted on the same data. Here is the evidence, as it came out.",
  chosen: "Chosen k", inertia: "Inertia", silhouette: "Silhouette", stability: "Stability", candidate: "Number of clusters k",
  inertia_note: "Lower is tighter; look for the bend.", silhouette_note: "Higher is better separated; ± standard error",
  stability_note: "1: the same clusters on every resample; ± standard deviation", error: "error",

  clusters: "Clusters",
  clusters_lead: "Customers grouped by how alike they buy. Nobody set a rule: these groups were found in the data.",
  cluster: "Cluster", cluster_sizes: "Make-up of customers and revenue", heat: "Features of each cluster",
  heat_note: "Numbers are means; colour is the distance from the overall mean in standard deviations. Features with * did not take part in the clustering.",
  below: "below average", above: "above average", medians: "A typical customer (medians)", attributes: "What stands out", attributes_note: "inside → overall · effect size",
  top_products: "What they buy", lift: "{n}× overall", of_customers: "{share} of them", mean: "Mean", median: "Median", z: "Standardised", effect: "Effect size", inside: "Inside", overall: "Overall", attribute: "Attribute",
  p_title: "What was done to features before", p_missing: "Missing", p_filled: "Filled with", p_outliers: "Far values", p_beyond: "Beyond",
  p_median: "median", p_mean: "mean", p_mode: "mode", p_constant: "constant", p_predict: "predicted from the others", p_error: "error {error} (the mean’s: {baseline})", p_in_logs: ", in logs",
  p_none: "as they are", p_winsorise: "capped at quantiles", p_log: "logarithm", p_robust_z: "capped at a robust z", p_flag: "marked",
  cohen_h: "Cohen’s h", cohen_d: "Cohen’s d", feature: "Feature",
  rule_quality: "takes {recall} of the cluster; {precision} of those it takes are in it", no_rule: "Too small, or too mixed with others, for a short rule.", everybody: "Everybody", or: "or",
  prototype: "Nearest to the centre", customer_id: "customer {id}", outliers: "Far out: {n} ({share})", no_outliers: "Far out: nobody",
  tree_note: "Rules come from a small decision tree that imitates the clusters; it gives the cluster's answer for {share} of customers.", tree_sample: "It was grown on {n} customers drawn at random and measured on all.",
  tree_weak: "That is little: rely on medians and differences instead.", outlier_note: "Far out: {rule}.",
  m_title: "Since the last version", m_kept: "Of {both} customers who are in both versions, {kept} ({share}) stayed in their cluster.", m_changed: "Clusters have changed much: compare with earlier reports with care.",
  m_goes_on: "{name} goes on: {stay} of its customers then are still in it, {from} of those now were in it then.",
  m_continues: "{name} continues {before}: {stay} of its customers then are still in it, {from} of those now were in it then.",
  m_split_off: "{name} split off from {before}: {share} of it comes from there.", m_born: "{name} is new: it comes from no earlier cluster in particular.",
  m_merged: "{before} was merged into {name}: {share} of its customers are there now.", m_split: "{before} split into several clusters, the first of them {name} ({share}).",
  m_died: "{before} is gone: its customers are spread over many clusters or left.",
  m_then: "Cluster then", m_newcomers: "New customers", m_left: "not any more", m_all: "All", m_table: "Migration between clusters", m_note: "Rows are the clusters of then, → and a number those of now. Shares add up to 100% along a row.",

  cohorts: "Cohort retention",
  cohorts_lead: "Of customers with the same month of first purchase: how many ordered again, so many months later.",
  cohort: "First purchase", size: "Customers", later: "Months since first purchase", month_n: "Month {n}", retention: "Retention", low: "low", high: "high", immature: "month not over yet", pooled: "Retention over all cohorts",
  pooled_note: "Mean over cohorts, each counted once; completed months only.", retained: "Ordered again", at_risk: "Observed", cohort_map: "Retention by cohort",

  concentration: "Concentration of revenue",
  concentration_lead: "Customers in order of spend, largest first, and the revenue they add up to. The more the curve bends to the upper left, the fewer hold it.",
  gini: "Gini coefficient", gini_note: "0 evenly spread, 1 all with one", top_share: "Top {n} of customers", pareto: "Pareto curve", even: "if all were equal", holds: "{share} of revenue",

  products: "Products and categories", products_lead: "Largest revenue first.", product: "Product", best_products: "Products with most revenue", best_categories: "Revenue by category",

  identity: "People behind customer ids", identity_lead: "Somebody with several customer ids counts once. A wrong merge is worse than none: what cannot be believed is kept apart and stands here.",
  identity_figures: "Who is one person", figure: "Figure", number: "Number",
  p_people: "People", p_people_note: "Known by {keys} keys.",
  p_merged: "People with several customer ids", p_merged_note: "{aliases} customer ids are another one's person.",
  p_guests: "Guests", p_guests_note: "Known by an e-mail address or a phone number alone.",
  p_apart: "Pairs kept apart", p_apart_note: "They share a key, and name, birth date and gender contradict each other. gyeol identity list shows them, gyeol identity merge joins them.",
  p_stopped: "Groups not merged", p_stopped_note: "Too large to be one person, so links were left out ({too_large} keys).",
  p_shared: "Values not believed", p_shared_note: "Addresses, numbers and cards that too many customers have.",
  p_review: "Pairs to review", p_review_note: "They share no key and resemble each other. gyeol identity review lists them.",
  p_by_hand: "Decisions by hand", p_by_hand_note: "They hold in later runs too.",

  data_quality: "Data quality",
  quality_lead: "Everything read and everything left out, counted. Rows read are always rows accepted plus rows rejected.",
  sources: "Sources", source: "Source", table: "Table", file: "File", format: "Format", encoding: "Encoding", bytes: "Size", read: "Read", accepted: "Accepted", rejected: "Rejected", kept: "Analysed",
  rows_read: "Rows read", rows_accepted: "Rows accepted", rows_rejected: "Rows rejected", lines_kept: "Order lines analysed",
  rejects: "Why rows were rejected", reason: "Reason", rows: "Rows", examples: "Examples", at_line: "{file} line {line}", column: "column {name}", no_rejects: "No row was rejected.",
  duplicates: "Duplicates put aside", exact: "Equal in every column", same_key: "Same key", other_source: "In a source that comes first",
  rules: "Cleaning rules", amount: "Amount", action: "Action", exclude: "excluded", keep: "kept", net: "netted", rules_note: "A line can match several rules, so the rows of all rules may add up to more than the lines left out.",
  by_source: "Rows by source", repaired: "Repaired", contracts: "Contracts", contracts_note: "What gyeol.yaml promises of the data, and how far it is kept. Quarantined rows were moved to the rejected ones.",
  contract: "Contract", looked_at: "Rows looked at", failed: "Failing", threshold: "Threshold", verdict: "Verdict", no_contracts: "No contracts yet; gyeol contracts suggest proposes some.", all_kept: "Every contract is kept.", kept_contracts: "{n} contracts that are kept",
  v_pass: "kept", v_warn: "warning", v_quarantine: "quarantined", v_stop: "stop",
  k_required: "is there", k_type: "type", k_range: "range", k_set: "known value", k_pattern: "form", k_unique: "no double", k_foreign_key: "known elsewhere", k_window: "period", k_fresh: "up to date", k_row_change: "number of rows",
  missing: "Share of empty cells", missing_note: "Of the rows that could be read. Columns without an empty cell are left out.", column_name: "Column", empty_cells: "Empty cells", none_missing: "No cell is empty.",
  identifiers: "Identifiers of people", identifiers_note: "Direct identifiers are stored as pseudonyms, their originals encrypted in the vault. Values that stand for nobody (test addresses, numbers of zeros) and invalid ones become empty.", kind: "Kind", pseudonyms: "Pseudonyms", junk: "Nobody's", invalid: "Invalid", forgotten: "Rows of the forgotten",
  free_text: "People named in free text", free_text_note: "E-mail addresses, phone, resident and card numbers found in other text columns.", found_cells: "Cells with one", masked: "masked", unmasked: "stored as they are",
  i_email: "e-mail", i_phone: "phone", i_person_name: "name", i_address: "address", i_resident_number: "resident number", i_card_number: "card number", i_customer_id: "customer id", i_loyalty_card: "loyalty card", i_hashed_email: "hashed e-mail", i_device_id: "device", i_anonymous_id: "cookie",
  history: "Quality over runs", history_note: "The share of rejected rows and the number of broken contracts, run by run.", rejected_share: "Share of rejected rows", failing: "Broken contracts", when: "When",

  features: "Feature catalogue", features_lead: "What is computed for each customer: meaning and formula.", meaning: "Meaning", unit: "Unit", formula: "Formula", missing_when: "no value: {n}",
  units: { days: "days", orders: "orders", money: "money", lines: "lines", units: "units", products: "products", categories: "categories", share: "share", index: "index", ratio: "ratio", time: "time", count: "count" },
  methods: "Methods",
};

const all: Record<Lang, Strings> = { ko, en };

export function strings(lang: Lang): Strings {
  return all[lang];
}

/** Plain text of a template. */
export function put(template: string, values: Record<string, string>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
