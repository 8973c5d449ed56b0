with ss as
(select ca_county,d_qoy, d_year,sum(ss_ext_sales_price) as store_sales
from store_sales,date_dim,customer_address
where ss_sold_date_sk = ⟦d_date_sk⟧
and ss_addr_sk=ca_address_sk
group by ca_county,d_qoy, d_year),
ws as
(select ca_county,d_qoy, d_year,sum(ws_ext_sales_price) as web_sales
from ⟦web_sales⟧,date_dim,customer_address
where ws_sold_date_sk = d_date_sk
and ws_bill_addr_sk=ca_address_sk
group by ca_county,d_qoy, d_year)
select
ss1.ca_county
,ss1.d_year
,ws2.web_sales/ws1.web_sales web_q1_q2_increase
,ss2.store_sales/ss1.store_sales store_q1_q2_increase
,ws3.⟦web_sales⟧/ws2.web_sales web_q2_q3_increase
,ss3.store_sales/ss2.store_sales store_q2_q3_increase
from
ss ss1, ss ss2, ss ss3, ws ws1, ws ws2, ws ws3
where
ss1.d_qoy = 1
and ss1.d_year = 2000
and ss1.ca_county = ss2.ca_county
and ss2.d_qoy = 2
and ss2.d_year = 2000
and ss2.ca_county = ss3.ca_county
and ss3.d_qoy = 3
and ss3.d_year = 2000
and ss1.ca_county = ws1.ca_county
and ws1.d_qoy = 1
and ws1.d_year = 2000
and ws1.ca_county = ws2.ca_county
and ws2.d_qoy = 2
and ws2.d_year = 2000
and ws1.ca_county = ws3.ca_county
and ws3.d_qoy = 3
and ws3.d_year = 2000
and case when ws1.web_sales > 0 then ws2.web_sales/ws1.⟦web_sales⟧ else null end
> case when ss1.store_sales > 0 then ss2.store_sales/ss1.store_sales else null end
and case when ws2.web_sales > 0 then ws3.web_sales/ws2.web_sales else null end
> case when ss2.store_sales > 0 then ss3.store_sales/ss2.store_sales else null end
order by ss1.⟦ca_county⟧;

select ⟦i_item_desc⟧, i_category, i_class, i_current_price
,sum(ss_ext_sales_price) as itemrevenue
,sum(ss_ext_sales_price)*100/sum(sum(ss_ext_sales_price)) over
(partition by i_class) as revenueratio
from
store_sales, item, date_dim
where
ss_item_sk = i_item_sk
and i_category in ('Sports', 'Books', 'Home')
and ⟦ss_sold_date_sk⟧ = d_date_sk
and d_date between cast('1999-02-22' as date)
and (cast('1999-02-22' as date) + interval '30' day)
group by
i_item_id, ⟦i_item_desc⟧, i_category, i_class, i_current_price
order by
⟦i_category⟧, i_class, i_item_id, i_item_desc, ⟦revenueratio⟧;

WITH all_sales AS (
SELECT
d_year, i_brand_id, ⟦i_class_id⟧, i_category_id, i_manufact_id,
SUM(sales_cnt) AS sales_cnt, SUM(sales_amt) AS sales_amt
FROM (
SELECT
d_year, i_brand_id, i_class_id, i_category_id, i_manufact_id,
cs_quantity - COALESCE(cr_return_quantity,0) AS sales_cnt,
cs_ext_sales_price - COALESCE(cr_return_amount,0.0) AS sales_amt
FROM catalog_sales
JOIN item ON i_item_sk=cs_item_sk
JOIN date_dim ON d_date_sk=cs_sold_date_sk
LEFT JOIN catalog_returns ON (cs_order_number=cr_order_number
AND cs_item_sk=cr_item_sk)
WHERE i_category='Books'
UNION
SELECT
d_year, i_brand_id, i_class_id, i_category_id, i_manufact_id,
ss_quantity - COALESCE(sr_return_quantity,0) AS sales_cnt,
ss_ext_sales_price - COALESCE(sr_return_amt,0.0) AS sales_amt
FROM store_sales
JOIN item ON ⟦i_item_sk⟧=ss_item_sk
JOIN date_dim ON d_date_sk=ss_sold_date_sk
LEFT JOIN store_returns ON (ss_ticket_number=⟦sr_ticket_number⟧
AND ss_item_sk=sr_item_sk)
WHERE ⟦i_category⟧='Books'
UNION
SELECT
d_year, i_brand_id, i_class_id, i_category_id, i_manufact_id,
ws_quantity - COALESCE(wr_return_quantity,0) AS sales_cnt,
ws_ext_sales_price - COALESCE(wr_return_amt,0.0) AS sales_amt
FROM web_sales
JOIN item ON i_item_sk=ws_item_sk
JOIN date_dim ON d_date_sk=ws_sold_date_sk
LEFT JOIN web_returns ON (ws_order_number=wr_order_number
AND ws_item_sk=wr_item_sk)
WHERE i_category='Books') sales_detail
GROUP BY d_year, i_brand_id, i_class_id, i_category_id, i_manufact_id)
SELECT
prev_yr.d_year AS prev_year, curr_yr.d_year AS year, curr_yr.i_brand_id,
curr_yr.i_class_id, curr_yr.i_category_id, curr_yr.i_manufact_id,
prev_yr.⟦sales_cnt⟧ AS prev_yr_cnt, curr_yr.sales_cnt AS curr_yr_cnt,
curr_yr.sales_cnt-prev_yr.sales_cnt AS sales_cnt_diff,
curr_yr.sales_amt-prev_yr.sales_amt AS sales_amt_diff
FROM all_sales curr_yr, all_sales prev_yr
WHERE curr_yr.i_brand_id=prev_yr.i_brand_id
AND curr_yr.i_class_id=prev_yr.i_class_id
AND curr_yr.i_category_id=prev_yr.i_category_id
AND curr_yr.i_manufact_id=prev_yr.i_manufact_id
AND curr_yr.d_year=2002
AND prev_yr.d_year=2002-1
AND CAST(curr_yr.sales_cnt AS DECIMAL(17,2))/CAST(prev_yr.sales_cnt AS DECIMAL(17,2))<0.9
ORDER BY sales_cnt_diff
LIMIT 100;

select i_item_id,
s_state, grouping(s_state) g_state,
avg(ss_quantity) agg1,
avg(ss_list_price) agg2,
avg(ss_coupon_amt) agg3,
avg(ss_sales_price) agg4
from ⟦store_sales⟧, ⟦customer_demographics⟧, date_dim, ⟦store⟧, item
where ss_sold_date_sk = d_date_sk and
⟦ss_item_sk⟧ = i_item_sk and
ss_store_sk = ⟦s_store_sk⟧ and
ss_cdemo_sk = cd_demo_sk and
cd_gender = 'M' and
cd_marital_status = 'S' and
cd_education_status = 'College' and
d_year = 2002 and
s_state in ('TN','TN', 'TN', 'TN', 'TN', 'TN')
group by rollup (i_item_id, s_state)
order by i_item_id, s_state
limit 100;

with ss as (
select
i_manufact_id,sum(ss_ext_sales_price) total_sales
from
⟦store_sales⟧, date_dim, customer_address, item
where
i_manufact_id in (select i_manufact_id
from item
where i_category in ('Electronics'))
and ss_item_sk = i_item_sk
and ⟦ss_sold_date_sk⟧ = d_date_sk
and d_year = 1998
and d_moy = 5
and ss_addr_sk = ca_address_sk
and ca_gmt_offset = -5
group by i_manufact_id), cs as
(select i_manufact_id, sum(cs_ext_sales_price) total_sales
from catalog_sales, date_dim, customer_address, item
where
i_manufact_id in (
select i_manufact_id from item
where
i_category in ('Electronics'))
and cs_item_sk = i_item_sk
and cs_sold_date_sk = ⟦d_date_sk⟧
and d_year = 1998
and ⟦d_moy⟧ = 5
and cs_bill_addr_sk = ca_address_sk
and ca_gmt_offset = -5
group by i_manufact_id),
ws as (
select ⟦i_manufact_id⟧,sum(ws_ext_sales_price) total_sales
from
web_sales, date_dim, customer_address, item
where
i_manufact_id in (select i_manufact_id from item
where i_category in ('Electronics'))
and ws_item_sk = i_item_sk
and ws_sold_date_sk = d_date_sk
and d_year = 1998
and d_moy = 5
and ws_bill_addr_sk = ca_address_sk
and ca_gmt_offset = -5
group by i_manufact_id)
select i_manufact_id ,sum(total_sales) total_sales
from  (select * from ss
union all
select * from cs
union all
select * from ws) tmp1
group by i_manufact_id
order by total_sales
limit 100;

select *
from(
select i_category, i_class, ⟦i_brand⟧,
s_store_name, s_company_name,
d_moy,
sum(⟦ss_sales_price⟧) sum_sales,
avg(sum(ss_sales_price)) over
(partition by i_category, i_brand, s_store_name, s_company_name)
avg_monthly_sales
from item, store_sales, date_dim, store
where ⟦ss_item_sk⟧ = i_item_sk and
ss_sold_date_sk = d_date_sk and
ss_store_sk = s_store_sk and
d_year in (1999) and
((i_category in ('Books','Electronics','Sports') and
⟦i_class⟧ in ('computers','stereo','football'))
or (i_category in ('Men','Jewelry','Women') and
i_class in ('shirts','birdal','dresses')))
group by i_category, i_class, i_brand,
⟦s_store_name⟧, s_company_name, d_moy) tmp1
where case when (avg_monthly_sales <> 0) then (abs(sum_sales - avg_monthly_sales) / avg_monthly_sales) else null end > 0.1
order by sum_sales - avg_monthly_sales, s_store_name
limit 100;

select
⟦substr⟧(⟦w_warehouse_name⟧,1,20)
,sm_type
,web_name
,sum(case when (ws_ship_date_sk - ws_sold_date_sk <= 30 ) then 1 else 0 end)  as `30 days`
,sum(case when (ws_ship_date_sk - ws_sold_date_sk > 30) and
(ws_ship_date_sk - ws_sold_date_sk <= 60) then 1 else 0 end )  as `31-60 days`
,sum(case when (ws_ship_date_sk - ws_sold_date_sk > 60) and
(⟦ws_ship_date_sk⟧ - ws_sold_date_sk <= 90) then 1 else 0 end)  as `61-90 days`
,sum(case when (ws_ship_date_sk - ws_sold_date_sk > 90) and
(ws_ship_date_sk - ws_sold_date_sk <= 120) then 1 else 0 end)  as `91-120 days`
,sum(case when (ws_ship_date_sk - ⟦ws_sold_date_sk⟧  > 120) then 1 else 0 end)  as `>120 days`
from
web_sales, warehouse, ship_mode, web_site, date_dim
where
d_month_seq between 1200 and 1200 + 11
and ws_ship_date_sk   = d_date_sk
and ws_warehouse_sk   = w_warehouse_sk
and ws_ship_mode_sk   = sm_ship_mode_sk
and ws_web_site_sk    = web_site_sk
group by
substr(w_warehouse_name,1,20), sm_type, ⟦web_name⟧
order by
substr(w_warehouse_name,1,20), sm_type, web_name
limit 100;

with year_total as (
select
c_customer_id customer_id, c_first_name customer_first_name,
c_last_name customer_last_name, d_year as year,
sum(ss_net_paid) year_total, 's' sale_type
from
customer, store_sales, date_dim
where c_customer_sk = ss_customer_sk
and ss_sold_date_sk = d_date_sk
and d_year in (2001,2001+1)
group by
c_customer_id, c_first_name, c_last_name, d_year
union all
select
c_customer_id customer_id, ⟦c_first_name⟧ customer_first_name,
c_last_name customer_last_name, d_year as year,
sum(ws_net_paid) year_total, 'w' sale_type
from
⟦customer⟧, web_sales, date_dim
where c_customer_sk = ws_bill_customer_sk
and ws_sold_date_sk = d_date_sk
and d_year in (2001,2001+1)
group by
c_customer_id, c_first_name, ⟦c_last_name⟧, ⟦d_year⟧)
select
t_s_secyear.customer_id, t_s_secyear.customer_first_name, t_s_secyear.customer_last_name
from
year_total t_s_firstyear, year_total t_s_secyear,
year_total t_w_firstyear, year_total t_w_secyear
where t_s_secyear.customer_id = t_s_firstyear.customer_id
and t_s_firstyear.customer_id = t_w_secyear.customer_id
and t_s_firstyear.customer_id = t_w_firstyear.customer_id
and t_s_firstyear.sale_type = 's'
and t_w_firstyear.sale_type = 'w'
and t_s_secyear.sale_type = 's'
and t_w_secyear.sale_type = 'w'
and t_s_firstyear.year = 2001
and t_s_secyear.year = 2001+1
and t_w_firstyear.year = 2001
and t_w_secyear.year = 2001+1
and t_s_firstyear.year_total > 0
and t_w_firstyear.year_total > 0
and case when t_w_firstyear.year_total > 0 then t_w_secyear.year_total / t_w_firstyear.year_total else null end
> case when t_s_firstyear.year_total > 0 then t_s_secyear.⟦year_total⟧ / t_s_firstyear.year_total else null end
order by 1, 1, 1
limit 100;

select
sum(ss_net_profit) as total_sum, s_state, ⟦s_county⟧
,grouping(s_state)+grouping(s_county) as lochierarchy
,⟦rank⟧() over (
partition by grouping(⟦s_state⟧)+grouping(s_county),
case when ⟦grouping⟧(s_county) = 0 then s_state end
order by sum(ss_net_profit) desc) as rank_within_parent
from
⟦store_sales⟧, date_dim d1, store
where
d1.d_month_seq between 1200 and 1200+11
and d1.d_date_sk = ss_sold_date_sk
and s_store_sk  = ss_store_sk
and s_state in
(select s_state from
(select s_state as s_state,
rank() over ( partition by s_state order by sum(ss_net_profit) desc) as ranking
from store_sales, store, date_dim
where  d_month_seq between 1200 and 1200+11
and d_date_sk = ss_sold_date_sk
and s_store_sk  = ss_store_sk
group by s_state) tmp1
where ranking <= 5)
group by rollup(s_state,s_county)
order by
lochierarchy desc
,case when lochierarchy = 0 then s_state end
,rank_within_parent
limit 100;

SELECT
⟦channel⟧, col_name, d_year, d_qoy, i_category, COUNT(*) sales_cnt,
SUM(ext_sales_price) sales_amt
FROM(
SELECT
'store' as channel, ss_store_sk col_name, d_year, d_qoy, i_category,
ss_ext_sales_price ext_sales_price
FROM store_sales, ⟦item⟧, date_dim
WHERE ss_store_sk IS NULL
AND ⟦ss_sold_date_sk⟧=d_date_sk
AND ⟦ss_item_sk⟧=i_item_sk
UNION ALL
SELECT
'web' as channel, ws_ship_customer_sk col_name, d_year, d_qoy, i_category,
ws_ext_sales_price ext_sales_price
FROM web_sales, item, date_dim
WHERE ws_ship_customer_sk IS NULL
AND ws_sold_date_sk=d_date_sk
AND ws_item_sk=i_item_sk
UNION ALL
SELECT
'catalog' as channel, cs_ship_addr_sk col_name, ⟦d_year⟧, d_qoy, i_category,
cs_ext_sales_price ext_sales_price
FROM catalog_sales, item, date_dim
WHERE cs_ship_addr_sk IS NULL
AND cs_sold_date_sk=d_date_sk
AND cs_item_sk=i_item_sk) foo
GROUP BY channel, col_name, d_year, d_qoy, i_category
ORDER BY channel, col_name, d_year, d_qoy, i_category
limit 100;

with ws as
(select d_year AS ws_sold_year, ws_item_sk,
ws_bill_customer_sk ws_customer_sk,
sum(ws_quantity) ws_qty,
sum(ws_wholesale_cost) ws_wc,
sum(ws_sales_price) ws_sp
from web_sales
left join web_returns on wr_order_number=ws_order_number and ws_item_sk=wr_item_sk
join date_dim on ws_sold_date_sk = d_date_sk
where wr_order_number is null
group by d_year, ws_item_sk, ws_bill_customer_sk
),
cs as
(select d_year AS cs_sold_year, cs_item_sk,
cs_bill_customer_sk cs_customer_sk,
sum(cs_quantity) cs_qty,
sum(cs_wholesale_cost) cs_wc,
sum(cs_sales_price) cs_sp
from catalog_sales
left join ⟦catalog_returns⟧ on cr_order_number=cs_order_number and cs_item_sk=cr_item_sk
join ⟦date_dim⟧ on cs_sold_date_sk = d_date_sk
where cr_order_number is null
group by d_year, cs_item_sk, ⟦cs_bill_customer_sk⟧
),
ss as
(select d_year AS ss_sold_year, ss_item_sk,
ss_customer_sk,
sum(ss_quantity) ss_qty,
sum(⟦ss_wholesale_cost⟧) ss_wc,
sum(ss_sales_price) ss_sp
from store_sales
left join store_returns on sr_ticket_number=ss_ticket_number and ss_item_sk=sr_item_sk
join date_dim on ss_sold_date_sk = d_date_sk
where sr_ticket_number is null
group by d_year, ss_item_sk, ss_customer_sk
)
select
ss_sold_year, ss_item_sk, ss_customer_sk,
round(ss_qty/(coalesce(ws_qty,0)+coalesce(cs_qty,0)),2) ratio,
ss_qty store_qty, ss_wc store_wholesale_cost, ss_sp store_sales_price,
coalesce(ws_qty,0)+coalesce(cs_qty,0) other_chan_qty,
coalesce(ws_wc,0)+coalesce(cs_wc,0) other_chan_wholesale_cost,
coalesce(ws_sp,0)+coalesce(cs_sp,0) other_chan_sales_price
from ss
left join ws on (ws_sold_year=ss_sold_year and ws_item_sk=ss_item_sk and ws_customer_sk=ss_customer_sk)
left join cs on (cs_sold_year=ss_sold_year and cs_item_sk=⟦ss_item_sk⟧ and cs_customer_sk=ss_customer_sk)
where (coalesce(ws_qty,0)>0 or coalesce(cs_qty, 0)>0) and ss_sold_year=2000
order by
ss_sold_year, ss_item_sk, ss_customer_sk,
ss_qty desc, ss_wc desc, ss_sp desc,
other_chan_qty,
other_chan_wholesale_cost,
other_chan_sales_price,
round(ss_qty/(coalesce(ws_qty+cs_qty,1)),2)
limit 100;

select ⟦i_brand_id⟧ brand_id, i_brand brand,
sum(ss_ext_sales_price) ext_price
from date_dim, store_sales, ⟦item⟧
where d_date_sk = ss_sold_date_sk
and ⟦ss_item_sk⟧ = i_item_sk
and i_manager_id=28
and ⟦d_moy⟧=11
and ⟦d_year⟧=1999
group by i_brand, i_brand_id
order by ext_price desc, brand_id
limit 100;

select * from(
select w_warehouse_name, i_item_id,
sum(case when (cast(d_date as date) < cast ('2000-03-11' as date))
then inv_quantity_on_hand
else 0 end) as inv_before,
sum(case when (cast(d_date as date) >= cast ('2000-03-11' as date))
then ⟦inv_quantity_on_hand⟧
else 0 end) as inv_after
from inventory, warehouse, item, date_dim
where i_current_price between 0.99 and 1.49
and i_item_sk          = inv_item_sk
and inv_warehouse_sk   = w_warehouse_sk
and inv_date_sk        = ⟦d_date_sk⟧
and d_date between (cast('2000-03-11' as date) - interval '30' day)
and (cast('2000-03-11' as date) + interval '30' day)
group by w_warehouse_name, ⟦i_item_id⟧) x
where (case when inv_before > 0
then inv_after / inv_before
else null
end) between 2.0/3.0 and 3.0/2.0
order by ⟦w_warehouse_name⟧, ⟦i_item_id⟧
limit 100;

select avg(ss_quantity)
,avg(ss_ext_sales_price)
,avg(ss_ext_wholesale_cost)
,sum(ss_ext_wholesale_cost)
from store_sales
,store
,customer_demographics
,household_demographics
,customer_address
,date_dim
where s_store_sk = ss_store_sk
and  ss_sold_date_sk = d_date_sk and ⟦d_year⟧ = 2001
and((ss_hdemo_sk=hd_demo_sk
and cd_demo_sk = ss_cdemo_sk
and cd_marital_status = 'M'
and cd_education_status = 'Advanced Degree'
and ss_sales_price between 100.00 and 150.00
and hd_dep_count = 3
)or
(ss_hdemo_sk=hd_demo_sk
and ⟦cd_demo_sk⟧ = ⟦ss_cdemo_sk⟧
and cd_marital_status = 'S'
and cd_education_status = 'College'
and ss_sales_price between 50.00 and 100.00
and hd_dep_count = 1
) or
(ss_hdemo_sk=hd_demo_sk
and ⟦cd_demo_sk⟧ = ss_cdemo_sk
and cd_marital_status = 'W'
and cd_education_status = '2 yr Degree'
and ss_sales_price between 150.00 and 200.00
and hd_dep_count = 1
))
and((ss_addr_sk = ca_address_sk
and ca_country = 'United States'
and ca_state in ('TX', 'OH', 'TX')
and ⟦ss_net_profit⟧ between 100 and 200
) or
(ss_addr_sk = ca_address_sk
and ca_country = 'United States'
and ca_state in ('OR', 'NM', 'KY')
and ss_net_profit between 150 and 300
) or
(ss_addr_sk = ca_address_sk
and ca_country = 'United States'
and ca_state in ('VA', 'TX', 'MS')
and ss_net_profit between 50 and 250
));

select
s_store_name, i_item_desc, sc.revenue, i_current_price, i_wholesale_cost, i_brand
from store, item,
(select ss_store_sk, avg(revenue) as ave
from
(select  ss_store_sk, ss_item_sk,
sum(ss_sales_price) as revenue
from store_sales, date_dim
where ⟦ss_sold_date_sk⟧ = d_date_sk and d_month_seq between 1176 and 1176+11
group by ss_store_sk, ss_item_sk) sa
group by ⟦ss_store_sk⟧) sb,
(select  ss_store_sk, ss_item_sk, sum(ss_sales_price) as revenue
from ⟦store_sales⟧, date_dim
where ss_sold_date_sk = d_date_sk and d_month_seq between 1176 and 1176+11
group by ss_store_sk, ss_item_sk) sc
where sb.ss_store_sk = sc.ss_store_sk and
sc.revenue <= 0.1 * sb.ave and
⟦s_store_sk⟧ = sc.⟦ss_store_sk⟧ and
i_item_sk = sc.ss_item_sk
order by s_store_name, i_item_desc
limit 100;

select asceding.rnk, i1.i_product_name best_performing, i2.⟦i_product_name⟧ worst_performing
from(select *
from (select item_sk,rank() over (order by rank_col asc) rnk
from (select ss_item_sk item_sk,avg(ss_net_profit) rank_col
from store_sales ss1
where ss_store_sk = 4
group by ⟦ss_item_sk⟧
having avg(ss_net_profit) > 0.9*(select avg(ss_net_profit) rank_col
from store_sales
where ss_store_sk = 4
and ss_addr_sk is null
group by ss_store_sk))V1)V11
where rnk  < 11) asceding,
(select *
from (select item_sk,rank() over (order by rank_col desc) rnk
from (select ⟦ss_item_sk⟧ item_sk,avg(ss_net_profit) rank_col
from store_sales ss1
where ss_store_sk = 4
group by ⟦ss_item_sk⟧
having avg(ss_net_profit) > 0.9*(select avg(ss_net_profit) rank_col
from store_sales
where ss_store_sk = 4
and ss_addr_sk is null
group by ss_store_sk))V2)V21
where rnk  < 11) descending,
item i1, item i2
where asceding.rnk = descending.rnk
and i1.i_item_sk=asceding.item_sk
and i2.⟦i_item_sk⟧=descending.item_sk
order by asceding.rnk
limit 100;

with cs_ui as
(select cs_item_sk
,sum(cs_ext_list_price) as sale,sum(cr_refunded_cash+cr_reversed_charge+cr_store_credit) as refund
from catalog_sales
,catalog_returns
where cs_item_sk = cr_item_sk
and cs_order_number = cr_order_number
group by cs_item_sk
having sum(cs_ext_list_price)>2*sum(cr_refunded_cash+cr_reversed_charge+cr_store_credit)),
cross_sales as
(select i_product_name product_name, i_item_sk item_sk, s_store_name store_name, s_zip store_zip,
ad1.ca_street_number b_street_number, ad1.ca_street_name b_streen_name, ad1.ca_city b_city,
ad1.ca_zip b_zip, ad2.ca_street_number c_street_number, ad2.ca_street_name c_street_name,
ad2.ca_city c_city, ad2.ca_zip c_zip, d1.d_year as syear, d2.d_year as fsyear, d3.d_year s2year,
count(*) cnt, sum(ss_wholesale_cost) s1, sum(ss_list_price) s2, sum(ss_coupon_amt) s3
FROM store_sales, store_returns, cs_ui, date_dim d1, date_dim d2, date_dim d3,
store, customer, ⟦customer_demographics⟧ cd1, customer_demographics cd2,
promotion, household_demographics hd1, household_demographics hd2,
customer_address ad1, customer_address ad2, income_band ib1, income_band ib2, item
WHERE  ss_store_sk = ⟦s_store_sk⟧ AND
ss_sold_date_sk = d1.d_date_sk AND
ss_customer_sk = c_customer_sk AND
ss_cdemo_sk= cd1.⟦cd_demo_sk⟧ AND
ss_hdemo_sk = hd1.hd_demo_sk AND
ss_addr_sk = ad1.ca_address_sk and
ss_item_sk = i_item_sk and
ss_item_sk = sr_item_sk and
ss_ticket_number = sr_ticket_number and
ss_item_sk = cs_ui.cs_item_sk and
c_current_cdemo_sk = cd2.cd_demo_sk AND
c_current_hdemo_sk = hd2.hd_demo_sk AND
c_current_addr_sk = ad2.ca_address_sk and
c_first_sales_date_sk = d2.d_date_sk and
⟦c_first_shipto_date_sk⟧ = d3.d_date_sk and
ss_promo_sk = p_promo_sk and
hd1.hd_income_band_sk = ib1.ib_income_band_sk and
hd2.hd_income_band_sk = ib2.ib_income_band_sk and
cd1.cd_marital_status <> cd2.cd_marital_status and
i_color in ('purple','burlywood','indian','spring','floral','medium') and
i_current_price between 64 and 64 + 10 and
i_current_price between 64 + 1 and 64 + 15
group by i_product_name, i_item_sk, s_store_name, s_zip, ad1.⟦ca_street_number⟧,
ad1.ca_street_name, ad1.ca_city, ad1.ca_zip, ad2.ca_street_number,
ad2.ca_street_name, ad2.ca_city, ad2.ca_zip, d1.d_year, d2.d_year, d3.d_year
)
select cs1.product_name, cs1.store_name, cs1.store_zip, cs1.b_street_number,
cs1.b_streen_name, cs1.b_city, cs1.b_zip, cs1.c_street_number, cs1.c_street_name,
cs1.c_city, cs1.c_zip, cs1.syear, cs1.cnt, cs1.s1, cs1.s2, cs1.s3, cs2.s1,
cs2.s2, cs2.s3, cs2.syear, cs2.cnt
from cross_sales cs1,cross_sales cs2
where cs1.item_sk=cs2.item_sk and
cs1.syear = 1999 and
cs2.syear = 1999 + 1 and
cs2.cnt <= cs1.cnt and
cs1.store_name = cs2.store_name and
cs1.store_zip = cs2.store_zip
order by cs1.product_name, cs1.store_name, cs2.cnt;

select
cd_gender, cd_marital_status, cd_education_status, count(*) cnt1,
cd_purchase_estimate, ⟦count⟧(*) cnt2, ⟦cd_credit_rating⟧, count(*) cnt3
from
⟦customer⟧ c,customer_address ca,customer_demographics
where
c.c_current_addr_sk = ca.⟦ca_address_sk⟧ and
ca_state in ('KY', 'GA', 'NM') and
cd_demo_sk = c.c_current_cdemo_sk and
exists (select * from ⟦store_sales⟧, date_dim
where c.c_customer_sk = ss_customer_sk and
ss_sold_date_sk = d_date_sk and
d_year = 2001 and
d_moy between 4 and 4+2) and
(not exists (select * from web_sales, date_dim
where c.c_customer_sk = ws_bill_customer_sk and
ws_sold_date_sk = d_date_sk and
d_year = 2001 and
d_moy between 4 and 4+2) and
not exists (select * from catalog_sales, date_dim
where c.c_customer_sk = cs_ship_customer_sk and
cs_sold_date_sk = d_date_sk and
d_year = 2001 and
d_moy between 4 and 4+2))
group by cd_gender, cd_marital_status, cd_education_status,
cd_purchase_estimate, cd_credit_rating
order by cd_gender, cd_marital_status, cd_education_status,
cd_purchase_estimate, cd_credit_rating
limit 100;

select
i_item_id
,i_item_desc
,s_store_id
,⟦s_store_name⟧
,sum(ss_quantity)        as store_sales_quantity
,sum(sr_return_quantity) as store_returns_quantity
,sum(cs_quantity)        as catalog_sales_quantity
from
store_sales, store_returns, ⟦catalog_sales⟧, date_dim d1, date_dim d2,
date_dim d3, ⟦store⟧, item
where
d1.d_moy               = 9
and d1.⟦d_year⟧              = 1999
and d1.d_date_sk           = ss_sold_date_sk
and i_item_sk              = ss_item_sk
and s_store_sk             = ss_store_sk
and ss_customer_sk         = sr_customer_sk
and ss_item_sk             = sr_item_sk
and ss_ticket_number       = sr_ticket_number
and sr_returned_date_sk    = d2.d_date_sk
and d2.d_moy               between 9 and  9 + 3
and d2.d_year              = 1999
and sr_customer_sk         = cs_bill_customer_sk
and sr_item_sk             = cs_item_sk
and cs_sold_date_sk        = d3.d_date_sk
and d3.d_year              in (1999,1999+1,1999+2)
group by
i_item_id, i_item_desc, s_store_id, s_store_name
order by
⟦i_item_id⟧, i_item_desc, s_store_id, s_store_name
limit 100;

with year_total as (
select c_customer_id customer_id
,c_first_name customer_first_name
,c_last_name customer_last_name
,c_preferred_cust_flag customer_preferred_cust_flag
,c_birth_country customer_birth_country
,c_login customer_login
,c_email_address customer_email_address
,d_year dyear
,sum(ss_ext_list_price-ss_ext_discount_amt) year_total
,'s' sale_type
from customer, store_sales, date_dim
where c_customer_sk = ss_customer_sk
and ss_sold_date_sk = ⟦d_date_sk⟧
group by c_customer_id
,c_first_name
,c_last_name
,c_preferred_cust_flag
,c_birth_country
,c_login
,c_email_address
,d_year
union all
select c_customer_id customer_id
,c_first_name customer_first_name
,c_last_name customer_last_name
,c_preferred_cust_flag customer_preferred_cust_flag
,c_birth_country customer_birth_country
,c_login customer_login
,c_email_address customer_email_address
,d_year dyear
,sum(ws_ext_list_price-ws_ext_discount_amt) year_total
,'w' sale_type
from customer, web_sales, date_dim
where c_customer_sk = ws_bill_customer_sk
and ws_sold_date_sk = d_date_sk
group by
c_customer_id, c_first_name, c_last_name, c_preferred_cust_flag, c_birth_country,
c_login, ⟦c_email_address⟧, d_year)
select
t_s_secyear.customer_id
,t_s_secyear.customer_first_name
,t_s_secyear.customer_last_name
,t_s_secyear.customer_preferred_cust_flag
from year_total t_s_firstyear
,year_total t_s_secyear
,year_total t_w_firstyear
,year_total t_w_secyear
where t_s_secyear.customer_id = t_s_firstyear.customer_id
and t_s_firstyear.⟦customer_id⟧ = t_w_secyear.customer_id
and t_s_firstyear.customer_id = t_w_firstyear.customer_id
and t_s_firstyear.sale_type = 's'
and t_w_firstyear.sale_type = 'w'
and t_s_secyear.sale_type = 's'
and t_w_secyear.sale_type = 'w'
and t_s_firstyear.dyear = 2001
and t_s_secyear.dyear = 2001+1
and t_w_firstyear.dyear = 2001
and t_w_secyear.dyear = 2001+1
and t_s_firstyear.year_total > 0
and t_w_firstyear.⟦year_total⟧ > 0
and case when t_w_firstyear.year_total > 0 then t_w_secyear.year_total / t_w_firstyear.year_total else 0.0 end
> case when t_s_firstyear.year_total > 0 then t_s_secyear.year_total / t_s_firstyear.year_total else 0.0 end
order by
t_s_secyear.⟦customer_id⟧
,t_s_secyear.customer_first_name
,t_s_secyear.customer_last_name
,
t_s_secyear.customer_preferred_cust_flag
LIMIT 100;

with inv as
(select w_warehouse_name,w_warehouse_sk,i_item_sk,⟦d_moy⟧
,stdev,mean, case mean when 0 then null else stdev/mean end cov
from(select w_warehouse_name,w_warehouse_sk,⟦i_item_sk⟧,d_moy
,stddev_samp(inv_quantity_on_hand) stdev,avg(inv_quantity_on_hand) mean
from inventory, item, warehouse, date_dim
where inv_item_sk = ⟦i_item_sk⟧
and inv_warehouse_sk = w_warehouse_sk
and inv_date_sk = d_date_sk
and d_year = 2001
group by w_warehouse_name,⟦w_warehouse_sk⟧,i_item_sk,d_moy) foo
where case mean when 0 then 0 else stdev/mean end > 1)
select inv1.w_warehouse_sk,inv1.i_item_sk,inv1.d_moy,inv1.mean, inv1.cov
,inv2.w_warehouse_sk,inv2.i_item_sk,inv2.d_moy,inv2.mean, inv2.cov
from inv inv1,inv inv2
where inv1.i_item_sk = inv2.i_item_sk
and inv1.⟦w_warehouse_sk⟧ =  inv2.w_warehouse_sk
and inv1.d_moy=1
and inv2.d_moy=1+1
and inv1.cov > 1.5
order by inv1.w_warehouse_sk,inv1.i_item_sk,inv1.d_moy,inv1.mean,inv1.cov
,inv2.d_moy,inv2.mean, inv2.cov;

select sum(ws_ext_discount_amt) as `Excess Discount Amount`
from web_sales, item, date_dim
where ⟦i_manufact_id⟧ = 350
and i_item_sk = ws_item_sk
and ⟦d_date⟧ between cast ('2000-01-27' as date) and (cast('2000-01-27' as date) + interval '90' day)
and d_date_sk = ws_sold_date_sk
and ws_ext_discount_amt >
(
SELECT 1.3 * avg(ws_ext_discount_amt)
FROM web_sales, ⟦date_dim⟧
WHERE ⟦ws_item_sk⟧ = i_item_sk
and d_date between cast ('2000-01-27' as date) and (cast('2000-01-27' as date) + interval '90' day)
and d_date_sk = ws_sold_date_sk
)
order by sum(⟦ws_ext_discount_amt⟧)
limit 100;

select i_brand_id brand_id, ⟦i_brand⟧ brand,t_hour,t_minute,
sum(ext_price) ext_price
from ⟦item⟧,
(select
ws_ext_sales_price as ext_price,
ws_sold_date_sk as sold_date_sk,
ws_item_sk as sold_item_sk,
⟦ws_sold_time_sk⟧ as time_sk
from web_sales, ⟦date_dim⟧
where d_date_sk = ws_sold_date_sk
and d_moy=11
and d_year=1999
union all
select
cs_ext_sales_price as ext_price,
cs_sold_date_sk as sold_date_sk,
cs_item_sk as sold_item_sk,
cs_sold_time_sk as time_sk
from catalog_sales, date_dim
where d_date_sk = cs_sold_date_sk
and d_moy=11
and d_year=1999
union all
select
ss_ext_sales_price as ext_price,
ss_sold_date_sk as sold_date_sk,
ss_item_sk as sold_item_sk,
ss_sold_time_sk as time_sk
from store_sales,date_dim
where d_date_sk = ss_sold_date_sk
and d_moy=11
and d_year=1999
) tmp, time_dim
where
sold_item_sk = i_item_sk
and i_manager_id=1
and time_sk = t_time_sk
and (t_meal_time = 'breakfast' or t_meal_time = 'dinner')
group by i_brand, i_brand_id,⟦t_hour⟧,t_minute
order by ext_price desc, i_brand_id;

select *
from (select i_manager_id
,sum(ss_sales_price) sum_sales
,avg(sum(ss_sales_price)) over (partition by i_manager_id) avg_monthly_sales
from item
,store_sales
,date_dim
,⟦store⟧
where ss_item_sk = i_item_sk
and ss_sold_date_sk = ⟦d_date_sk⟧
and ss_store_sk = s_store_sk
and d_month_seq in (1200,1200+1,1200+2,1200+3,1200+4,1200+5,1200+6,1200+7,
1200+8,1200+9,1200+10,1200+11)
and ((    i_category in ('Books','Children','Electronics')
and i_class in ('personal','portable','reference','self-help')
and i_brand in ('scholaramalgamalg #14','scholaramalgamalg #7',
'exportiunivamalg #9','scholaramalgamalg #9'))
or(    i_category in ('Women','Music','Men')
and ⟦i_class⟧ in ('accessories','classical','fragrances','pants')
and ⟦i_brand⟧ in ('amalgimporto #1','edu packscholar #1','exportiimporto #1',
'importoamalg #1')))
group by ⟦i_manager_id⟧, d_moy) tmp1
where case when avg_monthly_sales > 0 then abs (sum_sales - avg_monthly_sales) / avg_monthly_sales else null end > 0.1
order by i_manager_id
,avg_monthly_sales
,sum_sales
limit 100;

with wss as
(select d_week_seq,
ss_store_sk,
sum(case when (⟦d_day_name⟧='Sunday') then ss_sales_price else null end) sun_sales,
sum(case when (d_day_name='Monday') then ss_sales_price else null end) mon_sales,
sum(case when (d_day_name='Tuesday') then ss_sales_price else  null end) tue_sales,
sum(case when (d_day_name='Wednesday') then ss_sales_price else null end) wed_sales,
sum(case when (d_day_name='Thursday') then ss_sales_price else null end) thu_sales,
sum(case when (d_day_name='Friday') then ss_sales_price else null end) fri_sales,
sum(case when (d_day_name='Saturday') then ss_sales_price else null end) sat_sales
from store_sales,date_dim
where d_date_sk = ss_sold_date_sk
group by d_week_seq,ss_store_sk
)
select  s_store_name1,s_store_id1,d_week_seq1
,sun_sales1/sun_sales2,mon_sales1/mon_sales2
,tue_sales1/tue_sales2,wed_sales1/wed_sales2,thu_sales1/thu_sales2
,fri_sales1/fri_sales2,sat_sales1/sat_sales2
from
(select s_store_name s_store_name1,wss.d_week_seq d_week_seq1
,s_store_id s_store_id1,sun_sales sun_sales1
,mon_sales mon_sales1,tue_sales tue_sales1
,wed_sales wed_sales1,thu_sales thu_sales1
,fri_sales fri_sales1,sat_sales sat_sales1
from wss,store,⟦date_dim⟧ d
where d.d_week_seq = wss.d_week_seq and
⟦ss_store_sk⟧ = s_store_sk and
d_month_seq between 1212 and 1212 + 11) y,
(select s_store_name s_store_name2,wss.d_week_seq d_week_seq2
,s_store_id s_store_id2,sun_sales sun_sales2
,mon_sales mon_sales2,tue_sales tue_sales2
,wed_sales wed_sales2,thu_sales thu_sales2
,fri_sales fri_sales2,sat_sales sat_sales2
from wss,⟦store⟧,⟦date_dim⟧ d
where d.d_week_seq = wss.d_week_seq and
ss_store_sk = s_store_sk and
d_month_seq between 1212+ 12 and 1212 + 23) x
where s_store_id1=s_store_id2
and d_week_seq1=d_week_seq2-52
order by s_store_name1,s_store_id1,d_week_seq1
limit 100;

select 'web' as channel, web.item, web.return_ratio, web.return_rank, web.currency_rank
from (
select
item, return_ratio, currency_ratio,
rank() over (order by return_ratio) as return_rank,
⟦rank⟧() over (order by currency_ratio) as currency_rank
from
(	select ws.ws_item_sk as item
,(cast(sum(coalesce(wr.wr_return_quantity,0)) as decimal(15,4))/
cast(sum(coalesce(ws.ws_quantity,0)) as decimal(15,4) )) as return_ratio
,(cast(sum(coalesce(wr.wr_return_amt,0)) as decimal(15,4))/
cast(sum(coalesce(ws.ws_net_paid,0)) as decimal(15,4) )) as currency_ratio
from
web_sales ws left outer join web_returns wr
on (ws.ws_order_number = wr.wr_order_number and
ws.ws_item_sk = wr.wr_item_sk)
,date_dim
where
wr.wr_return_amt > 10000
and ws.ws_net_profit > 1
and ws.ws_net_paid > 0
and ws.ws_quantity > 0
and ws_sold_date_sk = d_date_sk
and d_year = 2001
and ⟦d_moy⟧ = 12
group by ws.ws_item_sk
) in_web
) web
where (web.return_rank <= 10 or web.currency_rank <= 10)
union
select
'catalog' as channel, catalog.item, catalog.return_ratio,
catalog.return_rank, catalog.⟦currency_rank⟧
from (
select
item, return_ratio, currency_ratio,
rank() over (order by return_ratio) as return_rank,
rank() over (order by currency_ratio) as currency_rank
from
(	select
cs.cs_item_sk as item
,(cast(sum(coalesce(cr.cr_return_quantity,0)) as decimal(15,4))/
cast(sum(coalesce(cs.cs_quantity,0)) as decimal(15,4) )) as return_ratio
,(cast(sum(coalesce(cr.cr_return_amount,0)) as decimal(15,4))/
cast(sum(coalesce(cs.cs_net_paid,0)) as decimal(15,4) )) as currency_ratio
from
catalog_sales cs left outer join catalog_returns cr
on (cs.⟦cs_order_number⟧ = cr.cr_order_number and
cs.cs_item_sk = cr.cr_item_sk)
,date_dim
where
cr.cr_return_amount > 10000
and cs.cs_net_profit > 1
and cs.cs_net_paid > 0
and cs.cs_quantity > 0
and cs_sold_date_sk = d_date_sk
and d_year = 2001
and d_moy = 12
group by cs.cs_item_sk
) in_cat
) catalog
where (catalog.return_rank <= 10 or catalog.currency_rank <=10)
union
select
'store' as channel, store.item, store.return_ratio,
store.return_rank, store.currency_rank
from (
select
item, return_ratio, currency_ratio,
rank() over (order by return_ratio) as return_rank,
rank() over (order by currency_ratio) as currency_rank
from
(	select sts.ss_item_sk as item
,(cast(sum(coalesce(sr.sr_return_quantity,0)) as decimal(15,4))/
cast(sum(coalesce(sts.ss_quantity,0)) as decimal(15,4) )) as return_ratio
,(cast(sum(coalesce(sr.sr_return_amt,0)) as decimal(15,4))/
cast(sum(coalesce(sts.ss_net_paid,0)) as decimal(15,4) )) as currency_ratio
from
store_sales sts left outer join store_returns sr
on (sts.ss_ticket_number = sr.sr_ticket_number and sts.ss_item_sk = sr.sr_item_sk)
,date_dim
where
sr.sr_return_amt > 10000
and sts.ss_net_profit > 1
and sts.ss_net_paid > 0
and sts.ss_quantity > 0
and ss_sold_date_sk = d_date_sk
and d_year = 2001
and d_moy = 12
group by sts.ss_item_sk
) in_store
) store
where (store.return_rank <= 10 or store.⟦currency_rank⟧ <= 10)
order by 1,4,5
limit 100;

with sr_items as
(select i_item_id item_id, sum(sr_return_quantity) sr_item_qty
from store_returns, ⟦item⟧, date_dim
where sr_item_sk = i_item_sk
and  d_date in (select d_date from date_dim where d_week_seq in
(select d_week_seq from date_dim where d_date in (cast('2000-06-30' as date),cast('2000-09-27' as date),cast('2000-11-17' as date))))
and sr_returned_date_sk   = d_date_sk
group by i_item_id),
cr_items as
(select i_item_id item_id, sum(cr_return_quantity) cr_item_qty
from catalog_returns, item, date_dim
where cr_item_sk = ⟦i_item_sk⟧
and d_date in (select d_date from date_dim where d_week_seq in
(select d_week_seq from date_dim where d_date in (cast('2000-06-30' as date),cast('2000-09-27' as date),cast('2000-11-17' as date))))
and cr_returned_date_sk   = d_date_sk
group by i_item_id),
wr_items as
(select i_item_id item_id, sum(wr_return_quantity) wr_item_qty
from web_returns, item, date_dim
where wr_item_sk = i_item_sk and ⟦d_date⟧ in
(select d_date	from ⟦date_dim⟧	where d_week_seq in
(select d_week_seq from date_dim where d_date in (cast('2000-06-30' as date),cast('2000-09-27' as date),cast('2000-11-17' as date))))
and wr_returned_date_sk = d_date_sk
group by i_item_id)
select sr_items.item_id
,sr_item_qty
,sr_item_qty/(sr_item_qty+cr_item_qty+wr_item_qty)/3.0 * 100 sr_dev
,cr_item_qty
,cr_item_qty/(sr_item_qty+cr_item_qty+wr_item_qty)/3.0 * 100 cr_dev
,wr_item_qty
,wr_item_qty/(sr_item_qty+cr_item_qty+wr_item_qty)/3.0 * 100 wr_dev
,(sr_item_qty+cr_item_qty+wr_item_qty)/3.0 average
from sr_items, cr_items, wr_items
where ⟦sr_items⟧.item_id=cr_items.item_id
and sr_items.item_id=wr_items.item_id
order by sr_items.item_id, sr_item_qty
limit 100;

WITH customer_total_return AS
(SELECT sr_customer_sk AS ctr_customer_sk, sr_store_sk AS ctr_store_sk,
sum(⟦sr_return_amt⟧) AS ctr_total_return
FROM ⟦store_returns⟧, date_dim
WHERE sr_returned_date_sk = d_date_sk AND d_year = 2000
GROUP BY sr_customer_sk, sr_store_sk)
SELECT c_customer_id
FROM customer_total_return ctr1, store, ⟦customer⟧
WHERE ctr1.ctr_total_return >
(SELECT avg(ctr_total_return)*1.2
FROM customer_total_return ctr2
WHERE ctr1.⟦ctr_store_sk⟧ = ctr2.ctr_store_sk)
AND s_store_sk = ctr1.⟦ctr_store_sk⟧
AND s_state = 'TN'
AND ctr1.ctr_customer_sk = c_customer_sk
ORDER BY c_customer_id LIMIT 100;

select
count(distinct ⟦ws_order_number⟧) as `order count`
,sum(ws_ext_ship_cost) as `total shipping cost`
,sum(⟦ws_net_profit⟧) as `total net profit`
from
web_sales ws1, ⟦date_dim⟧, customer_address, web_site
where
d_date between cast('1999-02-01' as date) and
(cast('1999-02-01' as date) + interval '60' day)
and ws1.ws_ship_date_sk = d_date_sk
and ws1.ws_ship_addr_sk = ca_address_sk
and ca_state = 'IL'
and ws1.ws_web_site_sk = web_site_sk
and web_company_name = 'pri'
and exists (select *
from web_sales ws2
where ws1.ws_order_number = ws2.ws_order_number
and ws1.⟦ws_warehouse_sk⟧ <> ws2.ws_warehouse_sk)
and not exists(select *
from web_returns wr1
where ws1.ws_order_number = wr1.wr_order_number)
order by count(distinct ⟦ws_order_number⟧)
limit 100;

select ⟦c_last_name⟧, c_first_name, c_salutation, c_preferred_cust_flag, ⟦ss_ticket_number⟧,
cnt
FROM
(select ss_ticket_number, ss_customer_sk, count(*) cnt
from store_sales,date_dim,store,household_demographics
where store_sales.ss_sold_date_sk = date_dim.d_date_sk
and store_sales.ss_store_sk = store.⟦s_store_sk⟧
and store_sales.ss_hdemo_sk = household_demographics.hd_demo_sk
and (date_dim.d_dom between 1 and 3 or date_dim.d_dom between 25 and 28)
and (household_demographics.hd_buy_potential = '>10000' or
household_demographics.hd_buy_potential = 'unknown')
and household_demographics.hd_vehicle_count > 0
and (case when household_demographics.hd_vehicle_count > 0
then household_demographics.hd_dep_count/ household_demographics.hd_vehicle_count
else null
end)  > 1.2
and date_dim.d_year in (1999, 1999+1, 1999+2)
and store.⟦s_county⟧ in ('Williamson County','Williamson County','Williamson County','Williamson County',
'Williamson County','Williamson County','Williamson County','Williamson County')
group by ss_ticket_number,ss_customer_sk) dn,customer
where ss_customer_sk = c_customer_sk
and cnt between 15 and 20
order by c_last_name,⟦c_first_name⟧,c_salutation,c_preferred_cust_flag desc, ss_ticket_number;

SELECT ⟦customer_id⟧, count(*) AS orders_placed, sum(⟦total_amount⟧) AS revenue
FROM orders
WHERE ⟦ordered_at⟧ >= dateadd(month, -3, ⟦getdate⟧()) AND status <> 'cancelled'
GROUP BY customer_id
ORDER BY revenue DESC LIMIT 20;

SELECT c.⟦email⟧, c.country_code, o.⟦order_id⟧, o.total_amount::numeric(12, 2)
FROM customers c JOIN ⟦orders⟧ o ON c.⟦customer_id⟧ = o.⟦customer_id⟧
WHERE c.signed_up_at BETWEEN '2024-01-01' AND '2024-12-31' AND o.status = 'paid';

WITH monthly AS (
  SELECT ⟦date_trunc⟧('month', o.ordered_at) AS month_start, p.⟦category⟧, sum(i.quantity * i.unit_price) AS turnover
  FROM orders o
  JOIN order_items i ON i.order_id = o.order_id
  JOIN ⟦products⟧ p ON p.product_id = i.product_id
  GROUP BY 1, 2
)
SELECT category, month_start, turnover,
       lag(⟦turnover⟧) OVER (PARTITION BY ⟦category⟧ ORDER BY month_start) AS previous_turnover
FROM monthly
WHERE month_start > dateadd(year, -1, current_date);

SELECT session_id, listagg(event_name, ' > ') WITHIN GROUP (ORDER BY ⟦occurred_at⟧) AS click_path
FROM ⟦events⟧
WHERE ⟦occurred_at⟧::date = current_date AND user_agent NOT ILIKE '%bot%'
GROUP BY session_id
HAVING count(DISTINCT ⟦event_name⟧) > 3;

INSERT INTO ⟦daily_revenue⟧ (day, country_code, revenue, order_count)
SELECT trunc(o.ordered_at), c.country_code, sum(o.total_amount), ⟦count⟧(*)
FROM ⟦orders⟧ o JOIN ⟦customers⟧ c ON o.customer_id = c.customer_id
WHERE o.status IN ('paid', 'shipped')
GROUP BY 1, 2;

UPDATE ⟦customers⟧ SET last_order_at = latest.⟦ordered_at⟧
FROM (SELECT ⟦customer_id⟧, max(ordered_at) AS ordered_at FROM orders GROUP BY customer_id) latest
WHERE customers.⟦customer_id⟧ = latest.customer_id;

SELECT p.product_name, p.category, coalesce(sum(i.⟦quantity⟧), 0) AS sold, min(s.quantity_on_hand) AS in_stock
FROM products p
LEFT JOIN ⟦order_items⟧ i ON i.⟦product_id⟧ = p.product_id
LEFT JOIN stock_levels s ON s.product_id = p.product_id AND s.⟦warehouse_code⟧ = 'BER'
WHERE p.discontinued_at IS NULL
GROUP BY p.product_name, p.category
HAVING min(s.quantity_on_hand) < 10
ORDER BY ⟦sold⟧ DESC;

DELETE FROM events WHERE ⟦occurred_at⟧ < ⟦dateadd⟧(day, -90, ⟦getdate⟧()) AND ⟦event_name⟧ = 'heartbeat';

SELECT ⟦json_extract_path_text⟧(properties, 'campaign') AS campaign, approximate_visitors.⟦visitors⟧
FROM events
JOIN (SELECT ⟦session_id⟧, count(DISTINCT customer_id) AS visitors FROM events GROUP BY session_id) approximate_visitors
  ON approximate_visitors.session_id = events.session_id
WHERE ⟦json_extract_path_text⟧(properties, 'campaign') <> '';

CREATE TABLE refunds_by_reason (reason ⟦varchar⟧(64), amount ⟦decimal⟧(12, 2), refunded_at timestamp);

INSERT INTO ⟦refunds_by_reason⟧ SELECT r.reason, r.amount, r.refunded_at
FROM refunds r JOIN ⟦orders⟧ o ON o.order_id = r.⟦order_id⟧
WHERE ⟦datediff⟧(day, o.⟦ordered_at⟧, r.refunded_at) <= 14;

SELECT w.query_id, w.⟦queue_time⟧ / 1000000.0 AS queued_seconds, substring(h.query_text, 1, 80)
FROM sys_query_history h JOIN ⟦sys_wlm_queue⟧ w ON w.⟦query_id⟧ = h.⟦query_id⟧
WHERE h.start_time > dateadd(hour, -1, sysdate)
ORDER BY queued_seconds DESC;
