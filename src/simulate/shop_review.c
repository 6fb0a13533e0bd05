/* SPDX-License-Identifier: Apache-2.0
 *
 * Reviews: Korean sentences put together from parts whose sentiment is known.
 *
 * A review has one sentence on the product (with the particle that its final sound asks for) and one or
 * two on delivery, price or packaging, all of one sentiment but for mixed reviews, which praise one thing
 * and blame another. The rating follows the sentiment, but for a few customers who mistake the scale. */
#include "simulate/shop_people.h"

typedef enum sentiment { NEGATIVE, NEUTRAL, POSITIVE, SENTIMENTS } sentiment;

/* A particle's two forms: after a consonant, after a vowel. */
static const char *const subject[2] = {"이", "가"};
static const char *const topic[2] = {"은", "는"};
static const char *const object[2] = {"을", "를"};

typedef struct about_product {
  const char *const *particle;
  const char *rest;
} about_product;

enum { PRODUCT_SENTENCES = 6, SENTENCES = 8 };

static const about_product on_product[SENTIMENTS][PRODUCT_SENTENCES] = {
    {{subject, "사진과 너무 달라서 실망했어요."},
     {subject, "생각보다 많이 부실하네요."},
     {object, "받자마자 반품했습니다."},
     {topic, "다시는 안 살 것 같아요."},
     {subject, "며칠 만에 문제가 생겼어요."},
     {object, "괜히 샀다 싶어요."}},
    {{topic, "그냥 무난합니다."},
     {subject, "딱 가격만큼 하는 것 같아요."},
     {topic, "좋지도 나쁘지도 않아요."},
     {object, "아직 며칠밖에 안 써 봐서 잘 모르겠어요."},
     {topic, "설명에 나온 그대로예요."},
     {subject, "특별하지는 않지만 쓸 만해요."}},
    {{subject, "기대 이상으로 좋아요."},
     {object, "선물했더니 무척 좋아하시네요."},
     {topic, "정말 잘 산 것 같아요."},
     {subject, "아주 마음에 들어요."},
     {object, "벌써 세 번째 주문합니다."},
     {topic, "주변에도 추천하고 싶어요."}},
};

static const char *const on_service[SENTIMENTS][SENTENCES] = {
    {"배송이 너무 늦었어요.", "포장이 다 찢어져서 왔습니다.", "고객센터는 연락도 안 되네요.",
     "이 돈 주고 살 물건은 아니에요.", "교환 처리가 답답했습니다.", "냄새가 심해서 못 쓰겠어요.",
     "돈이 아까워요.", "별 하나도 아깝습니다."},
    {"배송은 보통이었어요.", "포장은 평범합니다.", "가격은 다른 곳과 비슷해요.",
     "조금 더 써 보고 판단할게요.", "필요해서 샀습니다.", "배송은 이틀 걸렸어요.", "크기는 생각한 정도예요.",
     "그럭저럭 쓰고 있어요."},
    {"배송도 정말 빨라요.", "포장까지 꼼꼼해서 감동했어요.", "이 가격에 이 품질이라니 최고예요.",
     "재구매 의사 있습니다.", "다음에도 여기서 살게요.", "상담원분도 친절하셨어요.", "가성비가 훌륭합니다.",
     "가족 모두 만족했어요."},
};

static const char *const closings[SENTIMENTS][4] = {
    {"많이 아쉽습니다.", "참고하세요.", "환불받고 싶네요.", "추천하지 않아요."},
    {"참고하세요.", "나쁘지 않아요.", "이상입니다.", "잘 받았습니다."},
    {"감사합니다!", "번창하세요~", "강력 추천합니다!", "잘 쓸게요 ^^"},
};

/* True when the word's last syllable ends in a consonant: Hangul syllables are laid out with 28 finals
 * each from U+AC00 on; "C" and other Latin letters are read with a vowel at their end, but for these. */
static bool ends_in_consonant(const char *word) {
  size_t length = strlen(word);
  const unsigned char *last = (const unsigned char *)word + length;
  if (length < 3 || last[-1] < 0x80) return length > 0 && strchr("LMNRlmnr136780", last[-1]) != NULL;
  uint32_t code = (last[-3] & 0x0Fu) << 12 | (last[-2] & 0x3Fu) << 6 | (last[-1] & 0x3Fu);
  return code >= 0xAC00 && code <= 0xD7A3 && (code - 0xAC00) % 28 != 0;
}

static sentiment draw_sentiment(gy_rng *rng) {
  double u = gy_rng_uniform(rng);
  return u < 0.13 ? NEGATIVE : u < 0.28 ? NEUTRAL : POSITIVE;
}

static int draw_rating(gy_rng *rng, sentiment feeling) {
  double u = gy_rng_uniform(rng);
  if (gy_rng_uniform(rng) < 0.02) return 1 + (int)gy_rng_below(rng, 5);
  switch (feeling) {
    case NEGATIVE:
      return u < 0.6 ? 1 : 2;
    case NEUTRAL:
      return u < 0.8 ? 3 : 4;
    default:
      return u < 0.72 ? 5 : 4;
  }
}

static gy_shop_text compose_review(gy_rng *rng, gy_shop_block *block, const char *noun, sentiment feeling) {
  const about_product *about = &on_product[feeling][gy_rng_below(rng, PRODUCT_SENTENCES)];
  gy_shop_text blank = shop_text(" "), word = shop_text(noun);
  gy_shop_text particle = shop_text(about->particle[ends_in_consonant(noun) ? 0 : 1]),
               rest = shop_text(about->rest);
  gy_shop_text service = shop_text(on_service[feeling][gy_rng_below(rng, SENTENCES)]);
  gy_shop_text closing = shop_text(closings[feeling][gy_rng_below(rng, 4)]);
  switch (gy_rng_below(rng, 4)) {
    case 0:
      return SHOP_JOIN(block, word, particle, blank, rest);
    case 1:
      return SHOP_JOIN(block, service, blank, word, particle, blank, rest);
    case 2:
      return SHOP_JOIN(block, word, particle, blank, rest, blank, service);
    default:
      return SHOP_JOIN(block, word, particle, blank, rest, blank, service, blank, closing);
  }
}

gy_shop_text shop_opinion(gy_rng *rng, int feeling, gy_shop_block *block) {
  const char *service = on_service[feeling][gy_rng_below(rng, SENTENCES)];
  const char *closing = closings[feeling][gy_rng_below(rng, 4)];
  if (gy_rng_uniform(rng) < 0.5) return shop_text(service);
  return SHOP_JOIN(block, shop_text(service), shop_text(" "), shop_text(closing));
}

static const char *const sentiment_names[SENTIMENTS] = {"negative", "neutral", "positive"};

static void put_review(const gy_shop *shop, const shop_visit *visit, gy_shop_block *block, bool truth) {
  gy_rng rng;
  shop_core core;
  shop_stream(shop, &rng, SHOP_STREAM_REVIEW, shop_act(visit->customer, visit->ordinal));
  double chance = gy_rng_uniform(&rng);
  shop_core_draw(shop, visit->customer, false, &core);
  if (chance >= shop->types[core.type].review_prob) return;
  shop_moment at = {visit->moment.day + 3 + (int32_t)gy_rng_below(&rng, 18), 0};
  at.second = shop_hour_pick(shop, gy_rng_uniform(&rng));
  if (at.day >= shop->n_days) return;
  if (at.second >= SHOP_DAY_SECONDS) at.second = SHOP_DAY_SECONDS - 1;
  shop_order order;
  shop_order_draw(shop, visit->customer, visit->ordinal, &order);
  uint32_t product = order.lines[gy_rng_below(&rng, order.n_lines)].product;
  const shop_noun *noun = &shop_nouns[shop->catalogue.products[product].noun];
  sentiment feeling = draw_sentiment(&rng);
  int rating = draw_rating(&rng, feeling);
  size_t row = block->n_rows++;
  block->values[0][row] = (int64_t)visit->order_id;
  if (truth) {
    block->values[1][row] = product + 1;
    block->texts[2][row] = shop_text(sentiment_names[feeling]);
    return;
  }
  bool is_guest = shop_is_guest(shop, visit->customer, visit->ordinal);
  block->values[1][row] = is_guest ? GY_SHOP_NULL : (int64_t)visit->customer + 1;
  block->values[2][row] = product + 1;
  block->values[3][row] = rating;
  block->values[4][row] = shop_local_seconds(shop, at);
  block->texts[5][row] = compose_review(&rng, block, noun->ko, feeling);
}

void shop_reviews_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_cursor *cursor,
                       gy_shop_block *block, bool truth) {
  shop_visit visit;
  while (block->n_rows < GY_SHOP_BLOCK_ROWS &&
         shop_schedule_step(schedule, cursor, 1u << SHOP_VISIT_ORDER, &visit))
    put_review(shop, &visit, block, truth);
}
