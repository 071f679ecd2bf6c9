-- The same three tables as one would write them by hand for DuckDB, over the same packed parts.
-- households
with counts as (
select
  household_id,
  count(*) as members,
  count(*) filter (schooling is null and no_school_reason is not null) as out_of_school,
  count(*) filter (birth <= {born_by} and birth > {born_after} and schooling is null
    and no_school_reason is null
    and (education is null or education between 1 and 2)) as no_schooling,
  count(*) filter (resident_medical = false and not coalesce(employee_medical, false)
    or employee_medical = false and not coalesce(resident_medical, false)) as uninsured,
  count(*) filter (health & 8 <> 0) as severely_ill,
  count(*) filter (health & 16 <> 0) as disabled,
  count(*) filter (skill between 1 and 2) as able,
  count(*) filter (work_months >= {months}) as workers,
  count(*) filter (schooling not between 1 and 6) as students_beyond,
  count(*) filter (low_income_aid between 1 and 2) as on_low_income_aid,
  count(*) filter (destitute_aid between 1 and 2) as on_destitute_aid,
  bool_or(health & 8 <> 0 or health & 4 <> 0) as some_ill,
  bool_or(coalesce(education not between 1 and 2, false) or coalesce(
    schooling not between 1 and 6, false))
    as some_finished
from person
group by household_id
), facts as (
  select h.*,
    coalesce(counts.members, 0)::int as members,
    coalesce(counts.out_of_school, 0)::int as out_of_school,
    coalesce(counts.no_schooling, 0)::int as no_schooling,
    coalesce(counts.uninsured, 0)::int as uninsured,
    coalesce(counts.severely_ill, 0)::int as severely_ill,
    coalesce(counts.disabled, 0)::int as disabled,
    coalesce(counts.able, 0)::int as able,
    coalesce(counts.workers, 0)::int as workers,
    coalesce(counts.students_beyond, 0)::int as students_beyond,
    coalesce(counts.on_low_income_aid, 0)::int as on_low_income_aid,
    coalesce(counts.on_destitute_aid, 0)::int as on_destitute_aid,
    case when coalesce(wage_income, business_income, property_income, transfer_income) is not null then
      coalesce(wage_income, 0) + coalesce(business_income, 0) + coalesce(property_income, 0)
      + coalesce(transfer_income, 0) - coalesce(business_cost, 0) end as net_income,
    coalesce(counts.some_ill, false) as some_ill,
    coalesce(counts.some_finished, false) as some_finished,
    ({line})::bigint as line
  from household h left join counts using (household_id)
), flags as (
  select *,
    net_income + coalesce(claims_income, 0) - coalesce(out_of_pocket, 0) as reference_income,
    monitored_class is not null and not coalesce(risk_removed, false) as monitored_open,
    coalesce(net_income < line * members, false) as below_line,
    net_income is null and members > 0 as income_unknown,
    coalesce(dropout, false) as dropout_stated,
    out_of_school > 0 as child_out_of_school,
    no_schooling > 0 as child_without_schooling,
    coalesce(uninsured_member, false) as uninsured_stated,
    uninsured > 0 as member_uninsured,
    coalesce(dangerous_house, false) as dangerous_house_stated,
    coalesce(housing_grade in ({grades}), false) as housing_grade_dangerous,
    coalesce(not safe_water, false) as water_unsafe_stated,
    coalesce(water_litres < {litres}, false) as water_too_little,
    coalesce(water_minutes > {minutes}, false) as water_too_far,
    coalesce(water_shortage_days > {days}, false) as water_short,
    coalesce(out_of_pocket >= {medical}, false) as medical_over_threshold,
    coalesce(out_of_pocket > 0 and out_of_pocket * {share_under} > net_income * {share_over}, false) as medical_over_share
  from facts
), more as (
  select *,
    coalesce(reference_income < line * members, false) as reference_below_line,
    dropout_stated or child_out_of_school or child_without_schooling as education_unmet,
    uninsured_stated or member_uninsured as medical_unmet,
    dangerous_house_stated or housing_grade_dangerous as housing_unmet,
    water_unsafe_stated or water_too_little or water_too_far or water_short as water_unmet
  from flags
), last as (
  select *,
    education_unmet::int + medical_unmet::int + housing_unmet::int + water_unmet::int
      as unmet_guarantees,
    severely_ill > 0 or medical_over_threshold or medical_over_share as risk_illness,
    students_beyond >= {students} as risk_schooling,
    disabled > 0 as risk_disability,
    housing_unmet as risk_housing,
    water_unmet as risk_water,
    able > 0 and workers = 0 as risk_work,
    members > 0 and able * {able_under} <= members * {able_over} as risk_labour,
    coalesce(business_cost > business_income, false) as risk_business,
    below_line as deprived_income,
    members > 0 and not some_finished as deprived_adult_schooling,
    education_unmet as deprived_school_attendance,
    some_ill as deprived_health,
    medical_unmet as deprived_medical_insurance,
    housing_unmet as deprived_housing,
    water_unmet as deprived_water,
    coalesce(not electricity, false) as deprived_electricity,
    coalesce(not sanitary_toilet, false) as deprived_toilet
  from more
), scored as (
  select *, {score} as score
  from last
)
select
  place_code, household_no, out_of_pocket, business_income, business_cost,
  ['A', 'B', 'C', 'D'][housing_grade] as housing_grade,
  water_litres, water_minutes, water_shortage_days, members, out_of_school, no_schooling, uninsured, severely_ill, disabled, able,
  workers, students_beyond, on_low_income_aid, on_destitute_aid, net_income,
  reference_income, line, monitored_open, below_line, reference_below_line, income_unknown,
  dropout_stated, child_out_of_school, child_without_schooling, uninsured_stated, member_uninsured, dangerous_house_stated,
  housing_grade_dangerous, water_unsafe_stated, water_too_little, water_too_far, water_short,
  medical_over_threshold, medical_over_share, education_unmet, medical_unmet, housing_unmet,
  water_unmet, unmet_guarantees, risk_illness, risk_schooling, risk_disability, risk_housing,
  risk_water, risk_work, risk_labour, risk_business, {deprived}, score,
  score * {cutoff_under} >= {cutoff_over} and members > 0 as poor,
  below_line or education_unmet or medical_unmet or housing_unmet or water_unmet
    or medical_over_threshold or medical_over_share as concern
from scored;

-- ranking
with keyed as (
  select place_code, household_no, score * 8 + unmet_guarantees as severity,
    place_code // 1000 as township,
    -- Net income per head as an exact whole number that orders the same way.
    (net_income + 1000000000::bigint * members) * 1000000 // members as income_order
  from households where members > 0
)
select place_code, household_no,
  rank() over (partition by place_code order by severity desc, income_order)::int as village_rank,
  rank() over (partition by township order by severity desc, income_order)::int as township_rank
from keyed;

-- poverty
select place_code, count(*) as households, sum(members)::bigint as people,
  count(*) filter (poor) as poor_households,
  coalesce(sum(members) filter (poor), 0)::bigint as poor,
  coalesce(sum(members * score) filter (poor), 0)::bigint as score,
  {indicator_sums}
from households group by place_code;
