/* SPDX-License-Identifier: Apache-2.0 */
#include "report/texts.h"

#include <string.h>

json_t *gy_text_pair_json(gy_text_pair text) { return json_pack("{s:s, s:s}", "ko", text.ko, "en", text.en); }

typedef struct {
  const char *key;
  gy_text_pair text;
} keyed_text;

static const keyed_text ADVICE[] = {
    {"Champions",
     {"보상과 선공개로 관계를 지키고, 추천과 후기를 부탁하세요.",
      "Reward them, show them news first, ask for reviews and referrals."}},
    {"Loyal", {"상위 상품과 멤버십을 제안하세요.", "Offer higher-value products and a membership."}},
    {"Potential Loyalist",
     {"두 번째, 세 번째 구매를 이끌 혜택과 함께 멤버십을 권하세요.",
      "Encourage the second and third purchase; invite them to a membership."}},
    {"New Customers",
     {"환영 안내와 사용법으로 좋은 첫 경험을 만들어 주세요.", "Welcome them and help with the first steps."}},
    {"Promising",
     {"관심 상품을 알리고 작은 혜택으로 다시 부르세요.",
      "Stay in mind: small offers on what they looked for."}},
    {"Need Attention",
     {"기간 한정 제안으로 다시 관심을 끌고 최근 구매와 관련된 상품을 추천하세요.",
      "Win back attention with a limited offer around their last purchases."}},
    {"About To Sleep",
     {"인기 상품과 재방문 혜택으로 늦기 전에 말을 거세요.",
      "Speak up before it is too late: popular products, a reason to return."}},
    {"At Risk",
     {"개인화된 안내로 이유를 묻고 재구매 혜택을 주세요.",
      "Ask personally what went wrong and offer a reason to come back."}},
    {"Can't Lose Them",
     {"직접 연락하세요. 놓치면 가장 아픈 고객입니다.",
      "Contact them in person: losing them would hurt the most."}},
    {"Hibernating",
     {"비용이 적은 채널로만 새 소식을 전하세요.", "Only low-cost channels: news and seasonal offers."}},
    {"Lost",
     {"한 번 더 시도하고, 반응이 없으면 예산을 쓰지 마세요.",
      "Try once more; without an answer spend nothing."}},
};

static const keyed_text RULES[] = {
    {"no_customer", {"고객 번호 없음", "No customer"}},
    {"cancelled", {"취소", "Cancelled"}},
    {"return", {"반품 (수량 0 이하)", "Returned (quantity zero or less)"}},
    {"zero_price", {"가격 0", "Price of zero"}},
    {"negative_price", {"음수 가격", "Negative price"}},
    {"no_time", {"시각 없음", "No time"}},
    {"future", {"기준일 이후", "After the as-of date"}},
    {"duplicate", {"완전히 같은 행", "Exact duplicates"}},
    {"no_analytics", {"분석 미동의 고객 (합계에만 포함)", "Customer refused analytics (in totals only)"}},
};

static const gy_text_method METHODS[] = {
    {"data_quality",
     {"데이터 정제", "Cleaning"},
     {"원본의 모든 행은 읽힌 행 = 받아들인 행 + 거부된 행이 되도록 셉니다. 규칙에 걸린 행은 지우지 않고 "
      "표시만 하며, 제외된 행도 "
      "저장소에 남습니다. 한 행이 여러 규칙에 걸릴 수 있습니다.",
      "Every row is counted: read = accepted + rejected. Rows that a cleaning rule catches are marked, not "
      "deleted; "
      "excluded rows stay in the store. A row may be caught by several rules."}},
    {"identity",
     {"한 사람으로 묶는 방법", "How people are found"},
     {"같은 전자우편·전화·멤버십 카드를 쓰는 고객 번호를 한 사람으로 묶습니다. 너무 많은 고객이 쓰는 값은 "
      "믿지 "
      "않고, 너무 커지는 묶음은 합치지 않으며, 이름·생년월일·성별이 어긋나는 고객은 키가 같아도 따로 둡니다. "
      "손으로 "
      "정한 것이 언제나 먼저입니다.",
      "Customer ids that share an e-mail address, a phone number or a loyalty card are one person. Values "
      "that too "
      "many customers have say nothing, what would grow too large is not merged, and customers whose name, "
      "birth date "
      "and gender contradict each other stay apart although they share a key. Decisions by hand come "
      "first."}},
    {"own_segments",
     {"내 세그먼트", "Your segments"},
     {"규칙, 명단, 집합으로 정의한 세그먼트의 고객을 실행의 기준 시점에서 정합니다. 겹침은 두 세그먼트에 "
      "함께 속한 "
      "고객 수이고, 이동은 서로 고객을 나누지 않는 세그먼트 묶음에서 고객이 들어오거나 나간 마지막 시점들 "
      "사이의 "
      "변화입니다.",
      "Who is in a segment is decided by its rule, list or sets as of the run. The overlap counts the "
      "customers "
      "that two segments share; moves are those between the last moments at which somebody entered or left a "
      "set "
      "of segments that share nobody."}},
    {"rfm",
     {"RFM 점수와 세그먼트", "RFM scores and segments"},
     {"최근성(기준 시점까지의 일수), 빈도(주문 수), 금액(지출 합계)을 각각 1~5점으로 매깁니다. 같은 값은 "
      "항상 같은 점수를 받습니다. "
      "세그먼트 규칙은 125개 점수 조합을 빠짐없이 한 번씩만 덮습니다.",
      "Recency (days until the as-of moment), frequency (orders) and monetary value (spend) are scored 1 to "
      "5; equal "
      "values always get equal scores. The segments' rules cover each of the 125 score combinations exactly "
      "once."}},
    {"cluster_choice",
     {"군집 수 선택", "Choosing the number of clusters"},
     {"k마다 여러 번 시작한 k-평균 중 가장 좋은 해를 구하고, 실루엣(군집이 얼마나 뚜렷한가), 관성의 꺾임, "
      "부트스트랩 안정성(다시 "
      "뽑아도 같은 군집이 나오는가)을 비교합니다.",
      "For each k the best of several k-means starts is judged by its silhouette (how distinct the clusters "
      "are), the "
      "bend in inertia, and bootstrap stability (whether resampled customers give the same clusters)."}},
    {"clusters",
     {"군집", "Clusters"},
     {"특성을 로그와 강건 척도로 맞춘 뒤 k-평균(탐욕적 k-means++ 초기화)으로 나눕니다. 효과 크기는 나머지 "
      "고객과 비교한 코헨의 d(수치)와 "
      "h(비율)이며 0.2는 작고 0.5는 중간, 0.8은 큽니다.",
      "Features are brought to a common scale (logarithm, robust scale) and split by k-means with greedy "
      "k-means++ "
      "seeding. Effect sizes compare with everybody else: Cohen's d for numbers, h for shares; 0.2 is small, "
      "0.5 "
      "medium, 0.8 large."}},
    {"clusters",
     {"규칙, 전형적인 고객, 멀리 떨어진 고객", "Rules, typical customers, customers far out"},
     {"군집을 본떠 깊이 4 이하의 결정 나무(CART, 지니 불순도)를 만들고 잎마다 조건을 적은 것이 규칙입니다. "
      "배정 "
      "자체는 중심까지의 거리로 하므로 규칙에는 언제나 충실도를 함께 보입니다. 전형적인 고객은 군집의 중심에 "
      "가장 가까운 고객입니다.",
      "A decision tree of at most four levels (CART, Gini impurity) imitates the clusters; the conditions of "
      "its "
      "leaves are the rules. Customers are assigned by their distance to the centres, not by rules, so the "
      "rules' "
      "fidelity stands beside them. The typical customer is the one nearest to the cluster's centre."}},
    {"cohorts",
     {"코호트", "Cohorts"},
     {"첫 구매 달이 같은 고객을 묶어, 그 뒤 달마다 다시 구매한 비율을 봅니다. 아직 끝나지 않은 달은 따로 "
      "표시합니다.",
      "Customers are grouped by the month of their first purchase; a cell is the share that bought again so "
      "many "
      "months later. Months that are not over yet are marked."}},
    {"concentration",
     {"매출 집중도", "Concentration of revenue"},
     {"고객을 지출이 큰 순서로 세웠을 때의 누적 매출입니다. 지니 계수는 0이면 모두 같고 1에 가까울수록 "
      "소수에 몰려 있습니다.",
      "Cumulative revenue of customers in order of spend. The Gini coefficient is 0 when all spend the same "
      "and nears "
      "1 when few spend everything."}},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const gy_text_pair *find(const keyed_text *texts, size_t n, const char *key) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(texts[i].key, key) == 0) return &texts[i].text;
  return NULL;
}

gy_text_pair gy_text_segment_advice(const char *segment) {
  const gy_text_pair *text = find(ADVICE, COUNT(ADVICE), segment);
  return text != NULL ? *text
                      : (gy_text_pair){"이 세그먼트의 특징에 맞춘 제안을 만드세요.",
                                       "Make an offer that fits what sets this segment apart."};
}

gy_text_pair gy_text_cleaning_rule(const char *rule) {
  const gy_text_pair *text = find(RULES, COUNT(RULES), rule);
  return text != NULL ? *text : (gy_text_pair){rule, rule};
}

const gy_text_method *gy_text_methods(size_t *n) {
  *n = COUNT(METHODS);
  return METHODS;
}
