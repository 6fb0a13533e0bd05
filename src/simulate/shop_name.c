/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and addresses of simulated people. Surnames are as frequent as in Korea (census of 2015), given names
 * as skewed as names are: a few are common, most are rare. A slip of the keyboard hits the neighbour of a
 * letter on the two-set Hangul keyboard, or of an English one on qwerty. */
#include "simulate/shop_people.h"

static const struct {
  const char *ko;
  double share;
} SURNAMES[] = {{"김", 21.5}, {"이", 14.7}, {"박", 8.4}, {"최", 4.7}, {"정", 4.3}, {"강", 2.4}, {"조", 2.1},
                {"윤", 2.1},  {"장", 2.0},  {"임", 1.7}, {"한", 1.5}, {"오", 1.5}, {"서", 1.5}, {"신", 1.5},
                {"권", 1.4},  {"황", 1.4},  {"안", 1.4}, {"송", 1.4}, {"전", 1.1}, {"홍", 1.1}, {"유", 1.0},
                {"고", 0.9},  {"문", 0.9},  {"양", 0.9}, {"손", 0.9}, {"배", 0.8}, {"백", 0.8}, {"허", 0.7},
                {"남", 0.5},  {"심", 0.5},  {"노", 0.5}, {"하", 0.5}, {"곽", 0.4}, {"성", 0.4}, {"차", 0.4},
                {"주", 0.4},  {"우", 0.4},  {"구", 0.4}, {"민", 0.3}, {"진", 0.3}, {"지", 0.3}, {"엄", 0.3}};
enum { N_SURNAMES = sizeof SURNAMES / sizeof *SURNAMES };

static const char *const GIVEN[] = {"지훈", "민준", "서연", "지영", "현우", "수진", "영수",
                                    "은주", "미경", "성호", "정훈", "지은", "민지", "유진",
                                    "동현", "준호", "서준", "하은", "지우", "예진"};
static const char *const SYLLABLES[] = {
    "민", "서", "지", "현", "준", "우", "연", "은", "수", "영", "진", "희", "경", "호", "재", "성",
    "아", "주", "혜", "원", "윤", "도", "하", "나", "태", "상", "인", "규", "선", "동", "미", "정",
    "훈", "승", "예", "린", "솔", "빈", "찬", "건", "율", "별", "슬", "란", "숙", "옥", "철", "복"};
enum { N_GIVEN = sizeof GIVEN / sizeof *GIVEN, N_SYLLABLES = sizeof SYLLABLES / sizeof *SYLLABLES };

static const char *const FIRST[] = {"James", "Mary",   "Robert", "Linda",  "Michael", "Sarah",
                                    "David", "Karen",  "Daniel", "Nancy",  "Kevin",   "Emily",
                                    "Brian", "Laura",  "Eric",   "Amy",    "Jason",   "Rachel",
                                    "Ryan",  "Hannah", "Adam",   "Olivia", "Peter",   "Grace"};
static const char *const LAST[] = {"Smith",  "Johnson", "Brown",  "Miller", "Wilson", "Moore",
                                   "Taylor", "Thomas",  "Martin", "Lee",    "Walker", "Hall",
                                   "Young",  "King",    "Wright", "Hill",   "Scott",  "Baker",
                                   "Nelson", "Carter",  "Turner", "Cooper", "Morgan", "Bailey"};
enum { N_FIRST = sizeof FIRST / sizeof *FIRST, N_LAST = sizeof LAST / sizeof *LAST };

static const char *const JUNK_NAMES[] = {"고객", "비회원", "guest", "테스트"};

static const double COMMON_GIVEN = 0.35, ENGLISH = 0.12;
enum { SYLLABLES_BEGIN = 0xAC00, VOWELS = 21, FINALS = 28, SYLLABLE_BYTES = 3 };

/* Letters in the order of Unicode, and the key beside each on the two-set keyboard. */
static const uint8_t NEXT_INITIAL[19] = {9, 9, 11, 0, 0, 18, 11, 12, 12, 3, 3, 2, 3, 3, 16, 14, 14, 14, 5};
static const uint8_t NEXT_VOWEL[VOWELS] = {20, 5, 6, 7,  0,  1,  2,  3,  4,  9, 9,
                                           9,  8, 6, 17, 14, 14, 18, 13, 18, 0};

static size_t put_syllable(uint32_t code, char *out) {
  out[0] = (char)(0xE0 | code >> 12);
  out[1] = (char)(0x80 | (code >> 6 & 63));
  out[2] = (char)(0x80 | (code & 63));
  return SYLLABLE_BYTES;
}

static uint32_t syllable_at(const char *text) {
  const unsigned char *t = (const unsigned char *)text;
  return (t[0] & 15u) << 12 | (t[1] & 63u) << 6 | (t[2] & 63u);
}

/* One letter of a syllable slips to the key beside it. */
static void slip_syllable(char *text, uint64_t how) {
  uint32_t code = syllable_at(text) - SYLLABLES_BEGIN, final = code % FINALS;
  uint32_t initial = code / (VOWELS * FINALS), vowel = code / FINALS % VOWELS;
  if (how % 3 == 0)
    initial = NEXT_INITIAL[initial];
  else if (how % 3 == 1)
    vowel = NEXT_VOWEL[vowel];
  else
    final = final == 0 ? 4 : final == 4 ? 16 : final == 16 ? 4 : 0; /* ㄴ and ㅁ, or none */
  put_syllable(SYLLABLES_BEGIN + (initial * VOWELS + vowel) * FINALS + final, text);
}

static void slip_english(char *text, size_t n, uint64_t how) {
  static const char KEYS[] = "qwertyuiopasdfghjklzxcvbnm", BESIDE[] = "wqwrtyuiooapsdfghjkzxcvbbn";
  size_t at = 1 + how % (n - 1);
  const char *key = strchr(KEYS, text[at]);
  if (how >> 32 & 1 && at + 1 < n && text[at] != ' ' && text[at + 1] != ' ') {
    char c = text[at];
    text[at] = text[at + 1];
    text[at + 1] = c;
  } else if (key != NULL && *key != '\0') {
    text[at] = BESIDE[key - KEYS];
  }
}

static size_t draw_korean(gy_rng *rng, bool parted, char *out) {
  double u = gy_rng_uniform(rng) * 90.3;
  size_t i = 0, n = 0;
  while (i < N_SURNAMES - 1 && u >= SURNAMES[i].share) u -= SURNAMES[i++].share;
  memcpy(out, SURNAMES[i].ko, SYLLABLE_BYTES);
  n = SYLLABLE_BYTES;
  if (parted) out[n++] = ' ';
  if (gy_rng_uniform(rng) < COMMON_GIVEN) {
    memcpy(out + n, GIVEN[gy_rng_below(rng, N_GIVEN)], 2 * SYLLABLE_BYTES);
    return n + 2 * SYLLABLE_BYTES;
  }
  for (int k = 0; k < 2; k++, n += SYLLABLE_BYTES)
    memcpy(out + n, SYLLABLES[gy_rng_below(rng, N_SYLLABLES)], SYLLABLE_BYTES);
  return n;
}

gy_shop_text shop_name_compose(const gy_shop *shop, const shop_registration *r, gy_shop_block *block) {
  char text[64];
  gy_rng rng;
  if (r->name == SHOP_JUNK) return shop_text(JUNK_NAMES[r->how >> 12 & 3]);
  shop_stream(shop, &rng, SHOP_STREAM_NAME, r->person);
  if (gy_rng_uniform(&rng) >= ENGLISH) {
    size_t n = draw_korean(&rng, r->name == SHOP_OTHERWISE, text);
    if (r->name == SHOP_SLIP)
      slip_syllable(text + n - SYLLABLE_BYTES * (1 + (r->how >> 14 & 1)), r->how >> 16);
    return SHOP_JOIN(block, (gy_shop_text){text, n});
  }
  const char *first = FIRST[gy_rng_below(&rng, N_FIRST)], *last = LAST[gy_rng_below(&rng, N_LAST)];
  bool last_first = r->name == SHOP_OTHERWISE;
  gy_shop_text name = SHOP_JOIN(block, shop_text(last_first ? last : first),
                                shop_text(last_first ? ", " : " "), shop_text(last_first ? first : last));
  if (r->name == SHOP_SLIP) slip_english(block->heap + (name.data - block->heap), name.length, r->how >> 16);
  return name;
}

/* ---- addresses ---- */

static const char *const FULL_NAMES[SHOP_REGIONS][2] = {
    {"서울", "서울특별시"},     {"부산", "부산광역시"},     {"대구", "대구광역시"},
    {"인천", "인천광역시"},     {"광주", "광주광역시"},     {"대전", "대전광역시"},
    {"울산", "울산광역시"},     {"세종", "세종특별자치시"}, {"경기", "경기도"},
    {"강원", "강원특별자치도"}, {"충북", "충청북도"},       {"충남", "충청남도"},
    {"전북", "전북특별자치도"}, {"전남", "전라남도"},       {"경북", "경상북도"},
    {"경남", "경상남도"},       {"제주", "제주특별자치도"}};
static const char *const ROADS[] = {"중앙로", "시청로",   "공원로", "강변로", "학교로", "역전로",
                                    "평화로", "한빛로",   "대학로", "은행로", "솔밭로", "산들로",
                                    "호수로", "무지개로", "새싹로", "백합로"};
enum { N_ROADS = sizeof ROADS / sizeof *ROADS };

static const char *full_name(const char *region) {
  for (size_t i = 0; i < SHOP_REGIONS; i++)
    if (strcmp(FULL_NAMES[i][0], region) == 0) return FULL_NAMES[i][1];
  return region;
}

gy_shop_text shop_address_compose(const gy_shop *shop, const shop_registration *r,
                                  const shop_district *district, gy_shop_text *postcode,
                                  gy_shop_block *block) {
  char lane[SHOP_DIGITS], house[SHOP_DIGITS], block_no[SHOP_DIGITS], flat[SHOP_DIGITS], code[SHOP_DIGITS];
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_HOME, r->home);
  const char *road = ROADS[gy_rng_below(&rng, N_ROADS)];
  uint64_t lane_no = 1 + gy_rng_below(&rng, 60), number = 1 + gy_rng_below(&rng, 180);
  uint64_t building = 101 + gy_rng_below(&rng, 12),
           home = (1 + gy_rng_below(&rng, 20)) * 100 + 1 + gy_rng_below(&rng, 6);
  bool is_other = r->address == SHOP_OTHERWISE;
  uint64_t area = 1000 + (uint64_t)(district - shop_districts) * 500 + lane_no;
  *postcode = SHOP_JOIN(block, shop_digits(code, area % 100000, 10, 5));
  return SHOP_JOIN(block, shop_text(is_other ? district->region : full_name(district->region)),
                   shop_text(" "), shop_text(district->name), shop_text(" "), shop_text(road),
                   shop_digits(lane, lane_no, 10, 1), shop_text("길 "), shop_digits(house, number, 10, 1),
                   shop_text(is_other ? " " : ", "), shop_digits(block_no, building, 10, 1),
                   shop_text(is_other ? "-" : "동 "), shop_digits(flat, home, 10, 1),
                   shop_text(is_other ? "" : "호"));
}

gy_shop_text shop_birth_compose(const gy_shop *shop, uint64_t person, int64_t year, gy_shop_block *block) {
  char y[SHOP_DIGITS], m[SHOP_DIGITS], d[SHOP_DIGITS];
  gy_rng rng;
  shop_stream(shop, &rng, SHOP_STREAM_NAME, person);
  uint64_t day = gy_rng_next(&rng) >> 20;
  return SHOP_JOIN(block, shop_digits(y, (uint64_t)year, 10, 4), shop_text("-"),
                   shop_digits(m, 1 + day % 12, 10, 2), shop_text("-"),
                   shop_digits(d, 1 + day / 12 % 28, 10, 2));
}
