/* SPDX-License-Identifier: Apache-2.0
 *
 * The words that products are named with, in Korean and English: brand, what sets it apart, what it is,
 * how much of it. Brands are invented. A noun's price range is what such things cost in a Korean shop. */
#include "simulate/shop_model.h"

enum { FOOD, BEAUTY, FASHION, LIVING, DIGITAL, KITCHEN, KIDS, PETS, SPORTS, STATIONERY, FURNITURE, GIFTS };

const char *const shop_category_names[SHOP_CATEGORIES] = {
    "식품",   "뷰티",     "패션",        "생활",      "디지털/가전",   "주방",
    "유아동", "반려동물", "스포츠/레저", "도서/문구", "가구/인테리어", "선물세트"};

const shop_noun shop_nouns[] = {
    {FOOD, "과일", "사과", "Apples", 9900, 43000, {"2kg|2kg", "3kg|3kg", "5kg|5kg"}},
    {FOOD, "과일", "제주 감귤", "Jeju Tangerines", 7900, 29900, {"2kg|2kg", "5kg|5kg"}},
    {FOOD, "과일", "샤인머스캣", "Shine Muscat Grapes", 12900, 48000, {"1kg|1kg", "2kg|2kg"}},
    {FOOD, "쌀/잡곡", "햅쌀", "New Rice", 12900, 65000, {"4kg|4kg", "10kg|10kg", "20kg|20kg"}},
    {FOOD, "쌀/잡곡", "현미", "Brown Rice", 5900, 33000, {"1kg|1kg", "4kg|4kg"}},
    {FOOD, "커피/차", "드립백 커피", "Drip Bag Coffee", 4900, 24900, {"10개입|10 bags", "30개입|30 bags"}},
    {FOOD, "커피/차", "보리차", "Barley Tea", 1900, 9900, {"30티백|30 bags", "80티백|80 bags"}},
    {FOOD, "커피/차", "유자차", "Citron Tea", 4900, 18900, {"500g|500g", "1kg|1kg"}},
    {FOOD, "간식", "초코 쿠키", "Chocolate Cookies", 500, 6900, {"80g|80g", "200g|200g"}},
    {FOOD, "간식", "쌀과자", "Rice Crackers", 500, 5900, {"70g|70g", "180g|180g"}},
    {FOOD, "간식", "견과 믹스", "Nut Mix", 1200, 29900, {"20g|20g", "30봉|30 packs", "100봉|100 packs"}},
    {FOOD, "간식", "단백질 바", "Protein Bars", 1500, 24900, {"1개|1 bar", "12개입|12 bars"}},
    {FOOD, "라면/면", "라면", "Ramyeon", 700, 6900, {"1봉|1 pack", "5봉|5 packs"}},
    {FOOD, "라면/면", "잔치국수", "Banquet Noodles", 1500, 8900, {"500g|500g", "1.5kg|1.5kg"}},
    {FOOD, "김치/반찬", "포기김치", "Whole Cabbage Kimchi", 6900, 48000, {"1kg|1kg", "3kg|3kg", "10kg|10kg"}},
    {FOOD, "김치/반찬", "조미김", "Seasoned Laver", 1200, 19900, {"3봉|3 packs", "20봉|20 packs"}},
    {FOOD, "정육/수산", "한우 불고기", "Hanwoo Bulgogi", 18900, 99000, {"300g|300g", "600g|600g"}},
    {FOOD, "정육/수산", "손질 고등어", "Cleaned Mackerel", 7900, 33000, {"5팩|5 packs", "10팩|10 packs"}},
    {FOOD, "음료", "탄산수", "Sparkling Water", 700, 16900, {"500ml|500ml", "500ml 20병|500ml x 20"}},
    {FOOD, "음료", "사과즙", "Apple Juice", 9900, 33000, {"100ml 30포|100ml x 30"}},
    {FOOD, "건강식품", "유산균", "Probiotics", 9900, 59000, {"30포|30 sachets", "60포|60 sachets"}},
    {FOOD, "건강식품", "비타민 C", "Vitamin C", 5900, 39000, {"60정|60 tablets", "180정|180 tablets"}},
    {BEAUTY, "스킨케어", "수분 크림", "Moisture Cream", 8900, 65000, {"50ml|50ml", "80ml|80ml"}},
    {BEAUTY, "스킨케어", "토너", "Toner", 6900, 39000, {"150ml|150ml", "300ml|300ml"}},
    {BEAUTY, "스킨케어", "앰플", "Ampoule", 11900, 89000, {"30ml|30ml", "50ml|50ml"}},
    {BEAUTY, "스킨케어", "마스크팩", "Sheet Mask", 900, 24900, {"1매|1 sheet", "10매|10 sheets"}},
    {BEAUTY, "스킨케어", "선크림", "Sunscreen", 7900, 36000, {"50ml|50ml", "50ml 2개|50ml x 2"}},
    {BEAUTY, "메이크업", "립 틴트", "Lip Tint", 4900, 29900, {NULL}},
    {BEAUTY, "메이크업", "쿠션 팩트", "Cushion Compact", 14900, 72000, {"본품|single", "리필 포함|with refill"}},
    {BEAUTY, "헤어/바디", "샴푸", "Shampoo", 5900, 33000, {"500ml|500ml", "1000ml|1000ml"}},
    {BEAUTY, "헤어/바디", "바디로션", "Body Lotion", 5900, 36000, {"300ml|300ml", "500ml|500ml"}},
    {BEAUTY, "헤어/바디", "핸드크림", "Hand Cream", 2400, 19900, {"50ml|50ml", "50ml 3개|50ml x 3"}},
    {FASHION, "여성의류", "니트", "Knit Sweater", 16900, 119000, {"S|S", "M|M", "L|L"}},
    {FASHION, "여성의류", "원피스", "Dress", 19900, 189000, {"S|S", "M|M", "L|L"}},
    {FASHION, "여성의류", "블라우스", "Blouse", 14900, 99000, {"S|S", "M|M", "L|L"}},
    {FASHION, "남성의류", "셔츠", "Shirt", 14900, 99000, {"M|M", "L|L", "XL|XL"}},
    {FASHION, "남성의류", "슬랙스", "Slacks", 19900, 119000, {"30|30", "32|32", "34|34"}},
    {FASHION, "아우터", "패딩", "Padded Jacket", 59000, 499000, {"M|M", "L|L", "XL|XL"}},
    {FASHION, "아우터", "트렌치코트", "Trench Coat", 79000, 429000, {"S|S", "M|M", "L|L"}},
    {FASHION, "신발", "운동화", "Sneakers", 29900, 219000, {"240mm|240mm", "260mm|260mm", "275mm|275mm"}},
    {FASHION, "신발", "로퍼", "Loafers", 33000, 299000, {"235mm|235mm", "265mm|265mm"}},
    {FASHION, "가방/잡화", "에코백", "Tote Bag", 5900, 39000, {NULL}},
    {FASHION, "가방/잡화", "가죽 지갑", "Leather Wallet", 24900, 259000, {NULL}},
    {FASHION, "가방/잡화", "양말", "Socks", 900, 16900, {"1켤레|1 pair", "10켤레|10 pairs"}},
    {FASHION, "주얼리", "금 목걸이", "Gold Necklace", 159000, 1990000, {"14K|14K", "18K|18K"}},
    {LIVING, "세제", "세탁 세제", "Laundry Detergent", 5900, 33000, {"2L|2L", "3L 2개|3L x 2"}},
    {LIVING, "세제", "섬유 유연제", "Fabric Softener", 4900, 24900, {"1.5L|1.5L", "3L|3L"}},
    {LIVING, "세제", "주방 세제", "Dish Soap", 1900, 14900, {"500ml|500ml", "1.2L|1.2L"}},
    {LIVING, "화장지", "화장지", "Toilet Paper", 6900, 29900, {"27m 30롤|27m x 30", "33m 24롤|33m x 24"}},
    {LIVING, "화장지", "물티슈", "Wet Wipes", 700, 16900, {"100매|100 sheets", "100매 10팩|100 x 10"}},
    {LIVING, "욕실", "수건", "Towels", 2900, 39000, {"1장|1 piece", "10장|10 pieces"}},
    {LIVING, "욕실", "칫솔", "Toothbrush", 900, 12900, {"1개|1 piece", "8개|8 pieces"}},
    {LIVING, "욕실", "치약", "Toothpaste", 1500, 14900, {"120g|120g", "120g 5개|120g x 5"}},
    {LIVING, "수납", "수납 박스", "Storage Box", 3500, 39000, {"30L|30L", "50L|50L"}},
    {LIVING, "향/방향", "디퓨저", "Diffuser", 6900, 59000, {"100ml|100ml", "200ml|200ml"}},
    {DIGITAL, "음향", "무선 이어폰", "Wireless Earbuds", 24900, 359000, {NULL}},
    {DIGITAL, "음향", "블루투스 스피커", "Bluetooth Speaker", 19900, 429000, {NULL}},
    {DIGITAL, "휴대폰 용품", "고속 충전기", "Fast Charger", 6900, 54000, {"25W|25W", "45W|45W", "65W|65W"}},
    {DIGITAL, "휴대폰 용품", "보조 배터리", "Power Bank", 14900, 79000, {"10000mAh|10000mAh", "20000mAh|20000mAh"}},
    {DIGITAL, "휴대폰 용품", "휴대폰 케이스", "Phone Case", 2900, 39000, {NULL}},
    {DIGITAL, "컴퓨터", "기계식 키보드", "Mechanical Keyboard", 39000, 259000, {NULL}},
    {DIGITAL, "컴퓨터", "무선 마우스", "Wireless Mouse", 9900, 119000, {NULL}},
    {DIGITAL, "컴퓨터", "노트북", "Laptop", 599000, 1990000, {"14인치|14 inch", "16인치|16 inch"}},
    {DIGITAL, "컴퓨터", "모니터", "Monitor", 139000, 890000, {"27인치|27 inch", "32인치|32 inch"}},
    {DIGITAL, "생활가전", "가습기", "Humidifier", 24900, 219000, {NULL}},
    {DIGITAL, "생활가전", "공기청정기", "Air Purifier", 99000, 890000, {"10평형|33m2", "20평형|66m2"}},
    {DIGITAL, "생활가전", "로봇청소기", "Robot Vacuum", 219000, 1590000, {NULL}},
    {KITCHEN, "조리도구", "프라이팬", "Frying Pan", 12900, 99000, {"24cm|24cm", "28cm|28cm"}},
    {KITCHEN, "조리도구", "스테인리스 냄비", "Stainless Pot", 19900, 159000, {"18cm|18cm", "22cm|22cm"}},
    {KITCHEN, "식기", "밥그릇", "Rice Bowl", 2400, 24900, {"1개|1 piece", "4개|4 pieces"}},
    {KITCHEN, "식기", "텀블러", "Tumbler", 9900, 54000, {"355ml|355ml", "473ml|473ml"}},
    {KITCHEN, "보관", "밀폐용기", "Food Container", 1500, 33000, {"500ml|500ml", "6종|set of 6"}},
    {KITCHEN, "주방가전", "전기밥솥", "Rice Cooker", 79000, 499000, {"6인용|6 cups", "10인용|10 cups"}},
    {KITCHEN, "주방가전", "에어프라이어", "Air Fryer", 54000, 299000, {"5L|5L", "8L|8L"}},
    {KIDS, "기저귀/물티슈", "기저귀", "Diapers", 12900, 59000, {"3단계 60매|size 3 x 60", "4단계 54매|size 4 x 54"}},
    {KIDS, "완구", "블록 장난감", "Building Blocks", 8900, 159000, {"100피스|100 pieces", "500피스|500 pieces"}},
    {KIDS, "완구", "봉제 인형", "Plush Doll", 5900, 48000, {"25cm|25cm", "40cm|40cm"}},
    {KIDS, "유아의류", "아기 내복", "Baby Innerwear", 6900, 36000, {"80|80", "90|90", "100|100"}},
    {KIDS, "유아가구", "카시트", "Car Seat", 159000, 699000, {NULL}},
    {PETS, "강아지", "강아지 사료", "Dog Food", 9900, 89000, {"2kg|2kg", "5kg|5kg", "10kg|10kg"}},
    {PETS, "강아지", "강아지 간식", "Dog Treats", 1900, 19900, {"100g|100g", "300g|300g"}},
    {PETS, "고양이", "고양이 모래", "Cat Litter", 6900, 43000, {"6kg|6kg", "12kg|12kg"}},
    {PETS, "고양이", "캣타워", "Cat Tower", 33000, 299000, {NULL}},
    {SPORTS, "운동용품", "요가 매트", "Yoga Mat", 9900, 79000, {"6mm|6mm", "10mm|10mm"}},
    {SPORTS, "운동용품", "덤벨", "Dumbbells", 7900, 119000, {"2kg|2kg", "5kg|5kg", "10kg|10kg"}},
    {SPORTS, "캠핑", "캠핑 의자", "Camping Chair", 18900, 159000, {NULL}},
    {SPORTS, "캠핑", "텐트", "Tent", 79000, 890000, {"3인용|3 person", "5인용|5 person"}},
    {SPORTS, "자전거", "전기 자전거", "Electric Bicycle", 499000, 1990000, {"20인치|20 inch", "26인치|26 inch"}},
    {STATIONERY, "문구", "볼펜", "Ballpoint Pen", 500, 8900, {"0.5mm|0.5mm", "0.5mm 10자루|0.5mm x 10"}},
    {STATIONERY, "문구", "노트", "Notebook", 900, 9900, {"A5|A5", "B5|B5"}},
    {STATIONERY, "문구", "다이어리", "Diary", 5900, 33000, {NULL}},
    {STATIONERY, "도서", "에세이", "Essay Book", 9900, 19900, {NULL}},
    {STATIONERY, "도서", "그림책", "Picture Book", 8900, 18900, {NULL}},
    {FURNITURE, "침구", "차렵이불", "Quilted Blanket", 24900, 219000, {"싱글|single", "퀸|queen"}},
    {FURNITURE, "침구", "베개", "Pillow", 8900, 99000, {"50x70cm|50x70cm"}},
    {FURNITURE, "가구", "책상", "Desk", 48000, 599000, {"1200mm|1200mm", "1600mm|1600mm"}},
    {FURNITURE, "가구", "사무용 의자", "Office Chair", 59000, 890000, {NULL}},
    {FURNITURE, "가구", "소파", "Sofa", 299000, 1990000, {"2인용|2 seats", "4인용|4 seats"}},
    {FURNITURE, "조명", "무드등", "Mood Lamp", 9900, 99000, {NULL}},
    {GIFTS, "명절 선물", "한우 선물세트", "Hanwoo Gift Set", 119000, 699000, {"1kg|1kg", "2kg|2kg"}},
    {GIFTS, "명절 선물", "굴비 선물세트", "Yellow Corvina Gift Set", 79000, 429000, {"10미|10 fish", "20미|20 fish"}},
    {GIFTS, "명절 선물", "과일 선물세트", "Fruit Gift Set", 33000, 139000, {"5kg|5kg", "7kg|7kg"}},
    {GIFTS, "건강 선물", "홍삼 선물세트", "Red Ginseng Gift Set", 39000, 299000, {"30포|30 sachets", "60포|60 sachets"}},
    {GIFTS, "디저트", "마카롱 세트", "Macaron Set", 12900, 48000, {"6구|6 pieces", "12구|12 pieces"}},
};
const size_t shop_noun_count = sizeof shop_nouns / sizeof shop_nouns[0];

const char *const shop_brands[][2] = {
    {"온담", "Ondam"},       {"새결", "Saegyeol"},  {"달빛상회", "Moonlight Store"}, {"하루담", "Harudam"},
    {"모아리", "Moari"},     {"늘봄", "Neulbom"},   {"소담들", "Sodamdeul"},         {"푸른마루", "Blue Maru"},
    {"담소원", "Damsowon"},  {"해온", "Haeon"},     {"노을빛", "Noeulbit"},          {"가온길", "Gaongil"},
    {"오롯이", "Orosi"},     {"다솜가", "Dasomga"}, {"여울", "Yeoul"},               {"마루앤", "Maru&"},
    {"포레담", "Foredam"},   {"라온픽", "Raonpick"}, {"단비네", "Danbine"},          {"솔바람", "Solbaram"},
    {"아침뜰", "Achimtteul"}, {"미르온", "Mireon"}, {"별하", "Byeolha"},             {"윤슬", "Yunseul"},
    {"토담", "Todam"},       {"리브온", "Liveon"},  {"예그린", "Yegreen"},           {"결고운", "Gyeolgoun"},
};
const size_t shop_brand_count = sizeof shop_brands / sizeof shop_brands[0];

/* Each goes with every noun of its category. */
static const char *const modifiers[SHOP_CATEGORIES][SHOP_MODIFIERS][2] = {
    {{"프리미엄", "Premium"}, {"실속", "Value"}, {"엄선", "Select"}, {"착한", "Good"}, {"맛있는", "Tasty"},
     {"정성 담은", "Heartfelt"}},
    {{"저자극", "Gentle"}, {"촉촉", "Hydrating"}, {"수분", "Moisture"}, {"비건", "Vegan"}, {"데일리", "Daily"},
     {"시그니처", "Signature"}},
    {{"베이직", "Basic"}, {"심플", "Simple"}, {"클래식", "Classic"}, {"데일리", "Daily"}, {"빈티지", "Vintage"},
     {"모던", "Modern"}},
    {{"실속", "Value"}, {"베이직", "Basic"}, {"친환경", "Eco"}, {"프리미엄", "Premium"}, {"알뜰", "Thrifty"},
     {"데일리", "Daily"}},
    {{"프리미엄", "Premium"}, {"올인원", "All-in-one"}, {"프로", "Pro"}, {"미니", "Mini"}, {"스마트", "Smart"},
     {"2세대", "Gen 2"}},
    {{"모던", "Modern"}, {"심플", "Simple"}, {"실속", "Value"}, {"북유럽풍", "Nordic"}, {"가벼운", "Light"},
     {"명품", "Fine"}},
    {{"프리미엄", "Premium"}, {"안심", "Safe"}, {"우리아이", "My Kid's"}, {"귀여운", "Cute"}, {"튼튼한", "Sturdy"},
     {"무지개", "Rainbow"}},
    {{"프리미엄", "Premium"}, {"실속", "Value"}, {"튼튼", "Sturdy"}, {"행복한", "Happy"}, {"자연", "Natural"},
     {"우리집", "My Home"}},
    {{"실속", "Value"}, {"프리미엄", "Premium"}, {"컴팩트", "Compact"}, {"프로", "Pro"}, {"입문용", "Starter"},
     {"튼튼한", "Sturdy"}},
    {{"감성", "Mood"}, {"베스트", "Best"}, {"클래식", "Classic"}, {"데일리", "Daily"}, {"한정판", "Limited"},
     {"오늘의", "Today's"}},
    {{"내추럴", "Natural"}, {"모던", "Modern"}, {"호텔식", "Hotel-style"}, {"북유럽풍", "Nordic"},
     {"클래식", "Classic"}, {"심플", "Simple"}},
    {{"정성가득", "Heartfelt"}, {"프리미엄", "Premium"}, {"명품", "Fine"}, {"실속", "Value"}, {"고급", "Deluxe"},
     {"감사", "Thank-you"}},
};

const char *const *shop_modifier(int category, size_t i) { return modifiers[category][i]; }

void shop_products_fill(const gy_shop *shop, gy_shop_cursor *cursor, gy_shop_block *block) {
  const shop_catalogue *c = &shop->catalogue;
  for (; cursor->at[0] < cursor->end[0] && block->n_rows < GY_SHOP_BLOCK_ROWS; cursor->at[0]++) {
    const shop_product *product = &c->products[cursor->at[0]];
    const shop_noun *noun = &shop_nouns[product->noun];
    const char *const *brand = shop_brands[product->brand];
    const char *const *modifier = shop_modifier(noun->category, product->modifier);
    const char *size = noun->sizes[product->size] != NULL ? noun->sizes[product->size] : "|";
    int cut = (int)strcspn(size, "|");
    const char *space = cut > 0 ? " " : "";
    size_t row = block->n_rows++;
    block->values[0][row] = (int64_t)cursor->at[0] + 1;
    block->texts[1][row] =
        shop_compose(block, "%s %s %s%s%.*s", brand[0], modifier[0], noun->ko, space, cut, size);
    block->texts[2][row] =
        shop_compose(block, "%s %s %s%s%s", brand[1], modifier[1], noun->en, space, size + cut + 1);
    block->texts[3][row] = shop_text(shop_category_names[noun->category]);
    block->texts[4][row] = shop_text(noun->section);
    block->texts[5][row] = shop_text(brand[0]);
    block->values[6][row] = product->price;
  }
}
