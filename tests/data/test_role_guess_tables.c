/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables beyond orders as shops, sites and mailing tools export them, in English and Korean, and tables that
 * only look like them. */
#include "guess_case.h"

enum { ROWS = 60 };

/* Writes ROWS rows by the pattern: %1$d counts them, %2$02d is a day, %3$d one of 17 people, %4$d is 0..4. */
static void write_table(char path[64], const char *header, const char *pattern) {
  strcpy(path, "/tmp/gyeol-tables-XXXXXX");
  int fd = mkstemp(path);
  cr_assert_geq(fd, 0);
  FILE *file = fdopen(fd, "w");
  fprintf(file, "%s\n", header);
  for (int i = 0; i < ROWS; i++) {
    fprintf(file, pattern, i, 1 + i % 28, 100 + i * 7 % 17, i % 5);
    fputc('\n', file);
  }
  fclose(file);
}

static const struct {
  gy_target target;
  const char *header, *pattern, *roles;
} CASES[] = {
    {GY_TARGET_EVENTS,
     "event_name,event_timestamp,user_id,user_pseudo_id,ga_session_id,page_location,device_category",
     "page_view,17040672%2$02d000000,%3$d,p%3$d.%4$d,%1$d7,https://shop.example/%4$d,mobile",
     "event_name=event event_timestamp=time user_id=customer user_pseudo_id=visitor ga_session_id=session "
     "page_location=page device_category=device"},
    {GY_TARGET_EVENTS,
     "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session",
     "2019-11-%2$02d 00:00:%4$02d "
     "UTC,view,10%4$d,20%4$d,electronics.phone%4$d,samsung,%1$d.77,%3$d,520088904-%3$d-%4$d",
     "event_time=time event_type=event product_id=product category_id=attribute category_code=category "
     "brand=attribute price=unit_price user_id=customer user_session=session"},
    {GY_TARGET_EVENTS, "이벤트명,발생일시,회원번호,방문자ID,세션ID,페이지URL,기기유형,유입경로,유입매체",
     "상품조회,2024-03-%2$02d 10:00:00,%3$d,v%3$d,s%1$d,/goods/%4$d,모바일,네이버,검색",
     "이벤트명=event 발생일시=time 회원번호=customer 방문자ID=visitor 세션ID=session 페이지URL=page "
     "기기유형=device "
     "유입경로=source 유입매체=medium"},
    {GY_TARGET_ENGAGEMENTS, "campaign_id,customer_id,sent_at,opened_at,clicked_at,converted,channel",
     "%4$d,%3$d,2024-03-%2$02d 09:00:00,2024-03-%2$02d 10:00:00,,N,email",
     "campaign_id=campaign customer_id=customer sent_at=time opened_at=opened clicked_at=clicked "
     "converted=converted "
     "channel=channel"},
    {GY_TARGET_ENGAGEMENTS, "캠페인명,고객번호,발송일,발송채널,오픈,클릭,전환여부",
     "봄 세일 %4$d,%3$d,2024-03-%2$02d,카카오,Y,N,N",
     "캠페인명=campaign 고객번호=customer 발송일=time 발송채널=channel 오픈=opened 클릭=clicked "
     "전환여부=converted"},
    {GY_TARGET_ENGAGEMENTS, "message_id,contact_id,campaign_name,event,timestamp",
     "m-%1$d,%3$d,Spring,delivered,2024-03-%2$02dT10:00:00Z",
     "message_id=message contact_id=customer campaign_name=campaign event=event timestamp=time"},
    {GY_TARGET_REVIEWS,
     "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date",
     "r%1$d,o%1$d,%4$d,so so,it came late and was %4$d times wet,2018-01-%2$02d 00:00:00",
     "review_id=attribute order_id=order review_score=rating review_comment_title=title "
     "review_comment_message=text "
     "review_creation_date=time"},
    {GY_TARGET_REVIEWS, "상품코드,회원ID,별점,리뷰제목,리뷰내용,작성일",
     "P%4$d,u%3$d,%4$d,좋아요,배송이 빠르고 색이 %1$d번 예뻐요,2024.03.%2$02d",
     "상품코드=product 회원ID=customer 별점=rating 리뷰제목=title 리뷰내용=text 작성일=time"},
    {GY_TARGET_SURVEYS, "respondent_id,survey_date,nps,question,answer",
     "%3$d,2024-03-%2$02d,%4$d,How was it %4$d?,good",
     "respondent_id=customer survey_date=time nps=nps question=question answer=answer"},
    {GY_TARGET_SURVEYS, "고객번호,설문명,응답일시,추천의향,만족도,가격중시,디자인중시,자유의견",
     "%1$d,2024 봄,2024-03-%2$02d 12:00,%4$d,%4$d,3,4,그냥 그래요 %1$d",
     "고객번호=customer 설문명=survey 응답일시=time 추천의향=nps 만족도=rating 가격중시=attribute "
     "디자인중시=attribute "
     "자유의견=text"},
    {GY_TARGET_CONSENTS, "customer_id,purpose,channel,granted,timestamp,source,text_version",
     "%3$d,marketing,sms,true,2024-03-%2$02dT10:00:00+09:00,app,v%4$d",
     "customer_id=customer purpose=purpose channel=channel granted=granted timestamp=time source=source "
     "text_version=text_version"},
    {GY_TARGET_CONSENTS, "회원번호,동의항목,수신채널,수신동의,변경일시,약관버전",
     "%3$d,마케팅,문자,Y,2024-03-%2$02d 10:00:00,v%4$d",
     "회원번호=customer 동의항목=purpose 수신채널=channel 수신동의=granted 변경일시=time "
     "약관버전=text_version"},
    {GY_TARGET_REGIONS, "region_code,region_name,lat,lng,population",
     "%1$d11,Town %1$d,37.%1$d5,127.%1$d5,%1$d0500",
     "region_code=region_code region_name=region lat=latitude lng=longitude population=population"},
    {GY_TARGET_REGIONS, "행정구역코드,시도,시군구,위도,경도,인구수,세대수",
     "1%1$d10,시도%4$d,구%1$d,37.%1$d5,127.%1$d5,%1$d0500,%1$d0100",
     "행정구역코드=region_code 시도=region 시군구=district 위도=latitude 경도=longitude 인구수=population "
     "세대수=attribute"},
    {GY_TARGET_MARKET, "category,year,market_size,growth_rate,competitor,market_share",
     "Cat %4$d,202%4$d,%3$d000000,0.0%4$d,Acme %4$d,0.%3$d",
     "category=category year=period market_size=market_size growth_rate=growth competitor=competitor "
     "market_share=competitor_share"},
    {GY_TARGET_MARKET, "카테고리,기준연도,시장규모,성장률,경쟁사,점유율",
     "분류%4$d,202%4$d,%3$d000000,%4$d.5,회사%4$d,%4$d.1",
     "카테고리=category 기준연도=period 시장규모=market_size 성장률=growth 경쟁사=competitor "
     "점유율=competitor_share"},
    /* orders of databases with short names */
    {GY_TARGET_ORDER_ITEMS, "ORD_NO,CUST_NO,ORD_DT,PROD_CD,PROD_NM,ORD_QTY,SALE_PRC,PAY_AMT,ORD_STAT",
     "o%1$d,%3$d,202403%2$02d,P%4$d,컵 %4$d,2,1%4$d500,3%4$d000,완료",
     "ORD_NO=order CUST_NO=customer ORD_DT=time PROD_CD=product PROD_NM=description ORD_QTY=quantity "
     "SALE_PRC=unit_price PAY_AMT=amount ORD_STAT=status"},
    {GY_TARGET_ORDER_ITEMS, "주문 번호,회원 번호,주문 일시,상품 코드,수 량,결제 금액",
     "o%1$d,%3$d,2024/03/%2$02d 10:00,P%4$d,2,3%4$d000",
     "주문 번호=order 회원 번호=customer 주문 일시=time 상품 코드=product 수 량=quantity 결제 금액=amount"},
    {GY_TARGET_CUSTOMERS, "MBR_NO,GENDER_CD,BIRTH_YMD,JOIN_DT,CITY", "%1$d,F,198003%2$02d,202003%2$02d,Seoul",
     "MBR_NO=customer GENDER_CD=gender BIRTH_YMD=birth JOIN_DT=signup CITY=region"},
    /* what only looks like them */
    {GY_TARGET_ORDERS, "order_id,customer_id,order_date,amount,campaign",
     "%1$d,%3$d,2024-03-%2$02d,%1$d.5,Spring %4$d",
     "order_id=order customer_id=customer order_date=time amount=amount campaign=attribute"},
    {GY_TARGET_ORDER_ITEMS, "주문번호,회원번호,주문일시,상품코드,수량,결제금액,이벤트명,리뷰작성여부",
     "o%1$d,%3$d,2024-03-%2$02d,P%4$d,2,%3$d0500,가을잔치,Y",
     "주문번호=order 회원번호=customer 주문일시=time 상품코드=product 수량=quantity 결제금액=amount "
     "이벤트명=attribute "
     "리뷰작성여부=attribute"},
    {GY_TARGET_CUSTOMERS, "customer_id,gender,signup_date,lat,lng,consent,nps",
     "%1$d,F,2024-03-%2$02d,37.%1$d5,127.%1$d5,Y,%4$d",
     "customer_id=customer gender=gender signup_date=signup lat=latitude lng=longitude consent=attribute "
     "nps=attribute"},
    {GY_TARGET_CUSTOMERS, "고객번호,성별,생년월일,가입일,시도,시군구,이메일수신동의,SMS수신동의",
     "%1$d,여,1980-03-%2$02d,2020-03-%2$02d,서울,강남구,Y,N",
     "고객번호=customer 성별=gender 생년월일=birth 가입일=signup 시도=region 시군구=district "
     "이메일수신동의=consent "
     "SMS수신동의=consent"},
    {GY_TARGET_PRODUCTS, "product_id,product_name,category,price,rating,review_count",
     "P%1$d,Cup %1$d,Kitchen,%1$d.5,%4$d.5,%1$d",
     "product_id=product product_name=description category=category price=unit_price rating=attribute "
     "review_count=attribute"},
    {GY_TARGET_OTHER, "campaign_id,campaign_name,start_date,budget",
     "%1$d,Spring %1$d,2024-03-%2$02d,%1$d0000",
     "campaign_id=attribute campaign_name=attribute start_date=attribute budget=attribute"},
    {GY_TARGET_OTHER, "date,temperature,rain", "2024-03-%2$02d,%4$d.5,0.%4$d",
     "date=attribute temperature=attribute rain=attribute"},
};

Test(role_guess, tables_beyond_orders) {
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char path[64];
    write_table(path, CASES[i].header, CASES[i].pattern);
    const char *files[] = {path};
    guessed g = guess(files, 1);
    unlink(path);
    expect_file(&g, 0, CASES[i].target, CASES[i].roles);
    expect_round_trip(&g);
    put_away(&g);
  }
}

/* Beside orders, a column of the same codes is their key whatever its name, but makes no table another. */
Test(role_guess, codes_that_happen_to_be_alike_do_not_rename_a_table) {
  char orders[64], products[64];
  write_table(orders, "주문번호,고객번호,주문일시,상품번호,수량,판매가",
              "%1$d,%3$d,2024-03-%2$02d,%4$d,1,1%4$d500");
  write_table(products, "상품번호,상품명,상품영문명,카테고리", "%1$d,컵 %1$d,Cup no %1$d,부엌%4$d");
  const char *files[] = {products, orders};
  guessed g = guess(files, 2);
  unlink(orders);
  unlink(products);
  expect_file(&g, 0, GY_TARGET_PRODUCTS,
              "상품번호=product 상품명=description 상품영문명=attribute 카테고리=category");
  expect_file(
      &g, 1, GY_TARGET_ORDER_ITEMS,
      "주문번호=order 고객번호=customer 주문일시=time 상품번호=product 수량=quantity 판매가=unit_price");
  put_away(&g);
}
