/* SPDX-License-Identifier: Apache-2.0
 *
 * What people call their columns, in English and Korean: phrases parted by '|', in lower case. How much a
 * phrase says is its weight: "customer id" is the customer, "account" perhaps. */
#include "data/role_guess_synonyms.h"

#include <stddef.h>

const gy_role_synonyms gy_role_synonyms_table[] = {
    {GY_ROLE_CUSTOMER, 1,
     "customer id|customer no|customer number|customer key|customer code|cust id|cust no|client id|"
     "user id|userid|user no|member id|member no|household id|household key|buyer id|account id|shopper id|"
     "고객번호|고객id|고객아이디|고객코드|고객no|회원번호|회원id|회원아이디|회원코드|회원no|구매자id|"
     "구매자번호|"
     "구매자아이디|주문자id|주문자번호|유저id|사용자id"},
    {GY_ROLE_CUSTOMER, 0.8,
     "customer|client|user|member|buyer|household|id master|visitor id|고객|회원|구매자|주문자|아이디|유저"},
    {GY_ROLE_ORDER, 1,
     "order id|order no|order number|order code|order key|invoice no|invoice id|invoice number|invoice|"
     "transaction id|transaction no|transaction number|basket id|receipt no|receipt id|purchase id|bill no|"
     "sales order|주문번호|주문id|주문코드|주문no|주문서번호|거래번호|전표번호|영수증번호|구매번호"},
    {GY_ROLE_ORDER, 0.7, "order|transaction|basket|receipt|ticket|결제번호|주문"},
    {GY_ROLE_TIME, 1,
     "order date|order time|order datetime|ordered at|order timestamp|order purchase timestamp|invoice date|"
     "transaction date|transaction time|transaction timestamp|purchase date|purchase time|purchased at|"
     "paid at|payment date|sale date|sales "
     "date|주문일시|주문일자|주문일|주문시간|주문시각|주문날짜|결제일시|결제일자|"
     "결제일|결제시간|구매일시|구매일자|구매일|거래일시|거래일자|거래일|매출일자|판매일자|판매일"},
    {GY_ROLE_TIME, 0.8, "date|datetime|timestamp|created at|time|일시|일자|날짜|시각"},
    {GY_ROLE_TIME, 0.5, "redemption date|delivery date|shipped at|배송일|발송일"},
    {GY_ROLE_PRODUCT, 1,
     "product id|product no|product code|product sku|product number|product key|sku|stock code|item id|"
     "item no|item "
     "code|barcode|상품코드|상품번호|상품id|상품no|상품관리코드|제품코드|제품번호|제품id|품번|품목코드|"
     "바코드"},
    {GY_ROLE_PRODUCT, 0.7, "upc|ean|asin|item|product|상품|제품"},
    {GY_ROLE_DESCRIPTION, 1,
     "product description|product name|item name|item description|product title|description|상품명|제품명|"
     "품명|품목명|상품이름|제품이름"},
    {GY_ROLE_DESCRIPTION, 0.6, "title|name|product|item|상품|품목"},
    {GY_ROLE_CATEGORY, 1,
     "category|product category|category name|item "
     "category|카테고리|카테고리명|상품분류|상품카테고리|대분류|상품군|품목군"},
    {GY_ROLE_CATEGORY, 0.7, "department|product type|product group|분류|중분류|소분류"},
    {GY_ROLE_BRAND, 1, "brand|brand name|브랜드|브랜드명"},
    {GY_ROLE_BRAND, 0.6, "manufacturer|제조사"},
    {GY_ROLE_QUANTITY, 1, "quantity|qty|order quantity|units|num items|수량|주문수량|구매수량|판매수량|개수"},
    {GY_ROLE_UNIT_PRICE, 1,
     "unit price|price|item price|avg price|average price|selling price|sale price|list price|price each|"
     "단가|판매가|판매단가|가격|상품가격|판매가격|상품단가"},
    {GY_ROLE_UNIT_PRICE, 0.7, "정가|소비자가|할인가|unit cost"},
    {GY_ROLE_AMOUNT, 1,
     "amount|total amount|sales value|sales amount|line total|order total|total price|total|revenue|net "
     "amount|"
     "paid amount|payment amount|payment "
     "value|금액|결제금액|주문금액|총금액|총결제금액|실결제금액|매출액|매출금액|"
     "판매금액|구매금액|합계금액|결제액"},
    {GY_ROLE_AMOUNT, 0.8, "sales|payment|spend|매출|합계|총액"},
    {GY_ROLE_DISCOUNT, 1, "discount|discount amount|discount value|할인|할인금액|할인액"},
    {GY_ROLE_DISCOUNT, 0.8, "retail disc|disc|쿠폰할인|쿠폰할인금액"},
    {GY_ROLE_DISCOUNT, 0.6, "coupon disc"},
    {GY_ROLE_STATUS, 1,
     "status|order status|order state|payment "
     "status|주문상태|상태|처리상태|주문처리상태|결제상태|취소여부|주문상태값"},
    {GY_ROLE_STATUS, 0.7, "배송상태|delivery status|is cancelled|cancelled"},
    {GY_ROLE_COUPON, 1,
     "coupon|coupon code|coupon id|coupon status|coupon used|promo "
     "code|voucher|쿠폰|쿠폰코드|쿠폰번호|쿠폰명|"
     "쿠폰사용여부|사용쿠폰"},
    {GY_ROLE_COUPON, 0.6, "coupon upc|promotion"},
    {GY_ROLE_CHANNEL, 1,
     "channel|sales channel|order channel|채널|판매채널|구매채널|주문채널|주문경로|구매경로"},
    {GY_ROLE_CHANNEL, 0.8, "유입경로|유입채널"},
    {GY_ROLE_CHANNEL, 0.6, "platform|device|traffic source|store|매장|매장명|점포"},
    {GY_ROLE_COUNTRY, 1, "country|country code|country name|nation|국가|국가코드|국가명|나라"},
    {GY_ROLE_REGION, 1,
     "region|region name|city|city name|state|province|province "
     "name|location|시도|시도명|지역명|지역|도시|거주지|거주지역|배송지역"},
    {GY_ROLE_REGION, 0.7, "시군구"},
    {GY_ROLE_REGION, 0.6, "area|district|zip code|postal code|우편번호"},
    {GY_ROLE_GENDER, 1, "gender|sex|성별"},
    {GY_ROLE_BIRTH, 1,
     "birth date|birthday|birth|birthdate|dob|birth year|date of birth|year of "
     "birth|생년월일|생일|출생년도|출생연도|생년"},
    {GY_ROLE_SIGNUP, 1,
     "signup date|sign up date|signed up at|registered at|registration date|joined at|join date|member since|"
     "가입일|가입일자|가입일시|가입날짜|등록일|등록일자"},
    /* as databases shorten them */
    {GY_ROLE_CUSTOMER, 0.95,
     "cust cd|cust seq|mbr no|mbr id|mem no|mem id|memb no|usr id|usr no|user seq|cust"},
    {GY_ROLE_ORDER, 0.95, "ord no|ord id|ord seq|order seq|ordr no|rct no|rcpt no|odr no"},
    {GY_ROLE_TIME, 0.95,
     "ord dt|ord dtm|ord dttm|ord ymd|ord date|order dt|order dtm|order ymd|odr dt|pay dt|pay dtm|pay "
     "date|sale dt|"
     "sales dt|sale ymd|purch dt|buy dt|buy date|de dt|trx dt|txn dt|txn date"},
    {GY_ROLE_PRODUCT, 0.95,
     "prod cd|prod id|prod no|prd cd|prd id|prd no|pd c|goods no|goods id|goods cd|item cd|sku cd|sku id|plu "
     "cd"},
    {GY_ROLE_DESCRIPTION, 0.95, "prod nm|prod name|prd nm|goods nm|goods name|item nm|pd nm"},
    {GY_ROLE_CATEGORY, 0.95,
     "cate|cate nm|cate cd|ctgr nm|ctgr cd|category nm|category cd|goods category|clac nm"},
    {GY_ROLE_QUANTITY, 0.95, "ord qty|order qty|sale qty|sales qty|buy qty|buy ct|pcs"},
    {GY_ROLE_UNIT_PRICE, 0.95, "unit prc|sale prc|sell prc|prc|unit amt"},
    {GY_ROLE_AMOUNT, 0.95,
     "amt|pay amt|paid amt|payment amt|sale amt|sales amt|ord amt|order amt|tot amt|total amt|buy am|buy "
     "amt|net amt|"
     "settle amt"},
    {GY_ROLE_DISCOUNT, 0.95, "dc amt|disc amt|discount amt|dscnt amt|cpn amt"},
    {GY_ROLE_STATUS, 0.95, "ord stat|ord stat cd|ord sts|ord status|order stat|order sts|pay stat"},
    {GY_ROLE_GENDER, 0.95, "gender cd|sex cd|gndr|gndr cd|sex dc|ma fem dv"},
    {GY_ROLE_BIRTH, 0.95, "birth dt|birth ymd|brth ymd|birth yr|brth dt"},
    {GY_ROLE_SIGNUP, 0.95, "join dt|join ymd|signup dt|mbr reg dt|entry dt"},
    {GY_ROLE_COUPON, 0.95, "cpn no|cpn id|cpn cd|cpn nm"},
    {GY_ROLE_CUSTOMER, 0.9,
     "respondent id|reviewer id|recipient id|subscriber id|contact id|profile "
     "id|응답자id|응답자번호|작성자id|수신자id"},
    {GY_ROLE_CUSTOMER, 0.7, "respondent|reviewer|recipient|subscriber|응답자"},
    {GY_ROLE_CHANNEL, 1,
     "consent channel|send channel|발송채널|발송수단|발송매체|수신채널|동의채널|동의매체"},
    {GY_ROLE_DISTRICT, 1, "district|county|district name|시군구|시군구명|구군|군구|자치구"},
    {GY_ROLE_EVENT, 1,
     "event|event name|event type|action|action type|activity|activity type|interaction|interaction type|"
     "engagement|engagement "
     "type|이벤트|이벤트명|이벤트이름|이벤트유형|이벤트종류|행동|행동유형|활동유형|반응|"
     "반응유형|반응구분"},
    {GY_ROLE_VISITOR, 1,
     "anonymous id|user pseudo id|visitor id|cookie id|cookie|익명id|익명아이디|방문자id|방문자번호|쿠키|"
     "쿠키id"},
    {GY_ROLE_SESSION, 1,
     "session id|session|user session|session no|visit id|세션|세션id|세션아이디|세션번호|방문id|방문번호"},
    {GY_ROLE_PAGE, 1,
     "page|page url|url|page path|page name|page title|page location|screen|screen "
     "name|페이지|페이지url|페이지명|"
     "화면|화면명|방문페이지"},
    {GY_ROLE_DEVICE, 1,
     "device|device type|device category|기기|기기유형|기기종류|디바이스|디바이스유형|단말|단말기|접속기기"},
    {GY_ROLE_DEVICE, 0.6, "platform|browser|user agent|os|브라우저|운영체제|플랫폼"},
    {GY_ROLE_TRAFFIC_SOURCE, 1,
     "utm source|traffic source|referrer|referer|source|collected "
     "via|유입경로|유입채널|유입원|유입소스|수집경로|"
     "동의경로"},
    {GY_ROLE_MEDIUM, 1, "utm medium|medium|traffic medium|유입매체|매체"},
    {GY_ROLE_CAMPAIGN, 1,
     "campaign id|campaign no|campaign code|campaign key|캠페인id|캠페인번호|캠페인코드"},
    {GY_ROLE_CAMPAIGN, 0.9, "campaign|utm campaign|캠페인"},
    {GY_ROLE_CAMPAIGN, 0.8, "campaign name|캠페인명|캠페인이름"},
    {GY_ROLE_MESSAGE, 1,
     "message id|message no|event id|event no|send id|delivery "
     "id|메시지id|메시지번호|메세지id|메세지번호|발송id|발송번호|"
     "이벤트id|이벤트번호"},
    {GY_ROLE_VARIANT, 1,
     "variant|arm|treatment|treatment group|test group|experiment group|ab "
     "group|실험군|실험그룹|실험집단|시험군|"
     "테스트그룹|대조군여부"},
    {GY_ROLE_VARIANT, 0.6, "group|그룹|집단"},
    {GY_ROLE_OPENED, 1,
     "opened|opened at|open|open time|open date|is "
     "opened|오픈|오픈여부|오픈일시|오픈시각|오픈일|열람|열람여부|열람일시|"
     "열람일|개봉여부|읽음|읽음여부|수신확인"},
    {GY_ROLE_CLICKED, 1,
     "clicked|clicked at|click|click time|click date|is clicked|클릭|클릭여부|클릭일시|클릭시각|클릭일"},
    {GY_ROLE_CONVERTED, 1,
     "converted|converted at|conversion|conversion time|conversion date|is "
     "converted|전환|전환여부|전환일시|전환일|"
     "구매전환|구매전환여부|redeemed at|redemption date|redemption time"},
    {GY_ROLE_RATING, 1,
     "rating|star rating|stars|review rating|review "
     "score|별점|평점|별점평가|리뷰점수|리뷰평점|구매평점|평가점수"},
    {GY_ROLE_RATING, 0.8, "score|satisfaction|satisfaction score|csat|만족도|만족도점수|점수"},
    {GY_ROLE_TITLE, 1, "title|review title|headline|review headline|subject|summary|제목|리뷰제목|후기제목"},
    {GY_ROLE_TEXT, 1,
     "review|review text|review body|review content|review comment|review comment message|comment|comments|"
     "content|contents|body|text|feedback|verbatim|리뷰|리뷰내용|리뷰본문|후기|후기내용|구매후기|상품평|"
     "상품후기|내용|"
     "본문|의견|자유의견|한줄평|코멘트"},
    {GY_ROLE_TEXT, 0.7, "document|message|opinion|댓글|문장"},
    {GY_ROLE_SURVEY, 1,
     "survey id|survey|survey name|survey no|questionnaire|설문|설문id|설문번호|설문명|조사명"},
    {GY_ROLE_QUESTION, 1,
     "question|question id|question text|question no|질문|질문내용|문항|문항번호|설문문항"},
    {GY_ROLE_ANSWER, 1,
     "answer|answer text|response|response text|choice|응답|응답값|응답내용|답변|답변내용|답"},
    {GY_ROLE_NPS, 1,
     "nps|nps score|net promoter score|recommend|recommend score|likelihood to "
     "recommend|추천의향|추천의향점수|추천점수|"
     "추천지수|추천도|순추천지수|nps점수"},
    {GY_ROLE_PURPOSE, 1,
     "purpose|consent purpose|consent type|consent "
     "item|동의목적|이용목적|목적|동의항목|동의구분|동의유형|동의종류|약관명"},
    {GY_ROLE_GRANTED, 1,
     "granted|consent|consented|is granted|is consented|opt in|opted in|agreed|agree|consent status|consent "
     "given|"
     "consent "
     "value|subscribed|동의|동의여부|동의상태|수신동의|수신동의여부|마케팅동의|마케팅동의여부|마케팅수신동의|"
     "마케팅수신동의여부"},
    {GY_ROLE_TEXT_VERSION, 1,
     "text version|consent version|policy version|terms version|약관버전|동의서버전|동의문버전|문구버전"},
    {GY_ROLE_TEXT_VERSION, 0.8, "version|버전"},
    {GY_ROLE_REGION_CODE, 1,
     "region code|region id|area code|province code|district code|sigungu code|sido code|adm "
     "code|지역코드|시도코드|"
     "시군구코드|행정구역코드|행정동코드|법정동코드"},
    {GY_ROLE_LATITUDE, 1, "latitude|lat|위도"},
    {GY_ROLE_LONGITUDE, 1, "longitude|lng|lon|long|경도"},
    {GY_ROLE_POPULATION, 1, "population|residents|inhabitants|인구|인구수|총인구|총인구수|주민수"},
    {GY_ROLE_PERIOD, 1,
     "period|year|quarter|year "
     "month|yyyymm|month|기간|연도|년도|분기|연월|년월|기준연도|기준년도|기준년월|기준연월|기준월"},
    {GY_ROLE_MARKET_SIZE, 1,
     "market size|market volume|market value|market sales|total "
     "market|시장규모|시장크기|시장매출|시장매출액|전체시장"},
    {GY_ROLE_GROWTH, 1, "growth|growth rate|market growth|yoy|cagr|성장률|성장율|시장성장률|증가율|증감률"},
    {GY_ROLE_COMPETITOR, 1, "competitor|competitor name|rival|경쟁사|경쟁사명|경쟁업체"},
    {GY_ROLE_COMPETITOR, 0.7, "company|company name|업체|업체명|회사|회사명|기업|기업명"},
    {GY_ROLE_COMPETITOR_SHARE, 1, "competitor share|market share|시장점유율|점유율|경쟁사점유율"},
    {GY_ROLE_COMPETITOR_SHARE, 0.8, "share"},
    {GY_SYNONYM_MOMENT, 1,
     "occurred at|event time|event date|event timestamp|event datetime|sent at|sent date|sent time|send "
     "date|send time|"
     "reviewed at|review date|review time|review creation date|written at|posted at|answered at|answer date|"
     "response date|responded at|submitted at|survey date|consented at|consent date|consent time|agreed at|"
     "granted at|decided at|changed at|updated at|withdrawn at|server time|visited at|visit time|"
     "이벤트일시|이벤트시각|이벤트시간|발생일시|발생시각|발생시간|발송일|발송일시|발송일자|발송시각|발송시간|"
     "전송일시|전송일|"
     "작성일|작성일시|작성일자|리뷰일|리뷰일시|리뷰일자|후기일자|등록일|등록일시|등록일자|응답일|응답일시|"
     "응답일자|설문일|설문일시|"
     "설문일자|동의일|동의일시|동의일자|변경일|변경일시|변경일자|처리일시|방문일시|접속일시"},
    {GY_ROLE_EMAIL, 1,
     "email|e mail|email address|e mail address|email addr|user email|customer email|buyer email|mail "
     "address|이메일|이메일주소|메일|메일주소|전자우편|주문자이메일|구매자이메일"},
    {GY_ROLE_EMAIL, 0.85, "mail"},
    {GY_ROLE_PHONE, 1,
     "phone|phone number|phone no|mobile|mobile phone|mobile number|mobile no|telephone|tel|tel no|cell "
     "phone|cellphone|contact number|전화|전화번호|휴대폰|휴대폰번호|휴대전화|휴대전화번호|핸드폰|핸드폰번호|"
     "연락처|휴대폰no|구매자전화번호|주문자연락처|구매자연락처|수령인연락처"},
    {GY_ROLE_PERSON_NAME, 1,
     "full name|customer name|person name|member name|buyer name|user name real|recipient name|성명|이름|"
     "고객명|회원명|구매자명|주문자명|수령인|수취인|받는사람|고객이름|회원이름|주문자이름|구매자이름"},
    {GY_ROLE_ADDRESS, 1,
     "address|street|street address|postal address|shipping address|home address|billing address|address "
     "line 1|addr|주소|배송지|배송지주소|배송주소|자택주소|집주소|도로명주소|지번주소|상세주소|고객주소"},
    {GY_ROLE_RESIDENT_NUMBER, 1,
     "ssn|resident number|resident registration number|rrn|jumin|national id|주민등록번호|주민번호|"
     "외국인등록번호"},
    {GY_ROLE_CARD_NUMBER, 1,
     "card number|card no|credit card number|credit card|credit card "
     "no|pan|카드번호|신용카드번호|결제카드번호"},
    {GY_ROLE_LOYALTY_CARD, 1,
     "loyalty card|loyalty card number|loyalty id|loyalty no|membership card|membership no|membership "
     "number|point card|points card|멤버십카드|멤버십번호|멤버십카드번호|포인트카드|포인트카드번호|"
     "적립카드|적립카드번호"},
    {GY_ROLE_DEVICE_ID, 1,
     "device id|deviceid|device identifier|idfa|idfv|gaid|adid|advertising id|android id|mobile ad id|"
     "기기id|기기아이디|기기번호|디바이스id|단말id|단말기id|광고id|광고식별자"},
    {GY_ROLE_HASHED_EMAIL, 1,
     "hashed email|email hash|email sha256|sha256 email|email hashed|hem|email md|해시이메일|이메일해시"},
    {GY_SYNONYM_PERSONAL, 1, "ip address|ip|first name|last name|surname|given name|family name"},
    {GY_SYNONYM_PERSON, 1,
     "age|age group|job|occupation|marital|marital status|married|education|income|annual income|senior "
     "citizen|partner|"
     "dependents|kids count|household size|home "
     "ownership|gender|sex|tenure|나이|연령|연령대|직업|결혼여부|소득|학력"},
    {0, 0, NULL},
};
