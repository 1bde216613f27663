-- A figure before and after something changed: medians over connections, then over recordings, as in compare
-- figure = rtt_p50_us: a column of flows --all that is a number
-- by = begin: begin (before or after `at`), kernel, congestion_control, or a sysctl such as net.ipv4.tcp_rmem
-- at = 2026-11-28 12:00:00: a time of UTC, for by=begin
-- least_bytes = 100000: of connections that carried so much
-- known figure: select 1 from figures where figure = '{figure}' and isNotNull(number) limit 1
-- known by: select 1 from recordings where multiIf('{by}' = 'begin', 1, '{by}' = 'kernel', isNotNull(kernel), '{by}' = 'congestion_control', isNotNull(congestion_control), position(concat(';', ifNull(settings, '')), ';{by}=') > 0) limit 1
select state, count() as recordings, sum(flows) as flows_sum,
       (arraySort(groupArray(middle))[intDiv(count() + 1, 2)] + arraySort(groupArray(middle))[intDiv(count(), 2) + 1]) / 2 as median
from (
    select load, count() as flows, arraySort(groupArray(assumeNotNull(number))) as sorted,
           (sorted[intDiv(flows + 1, 2)] + sorted[intDiv(flows, 2) + 1]) / 2 as middle
    from figures
    where figure = '{figure}' and isNotNull(number) and (load, flow) global in (select load, flow from flows where bytes >= {least_bytes})
    group by load
) any inner join (
    select load, multiIf('{by}' = 'begin', if(begin_ns < toInt64(toUnixTimestamp(toDateTime('{at}', 'UTC'))) * 1000000000, 'before', 'after'),
                         '{by}' = 'kernel', ifNull(kernel, ''),
                         '{by}' = 'congestion_control', ifNull(congestion_control, ''),
                         extract(concat(';', ifNull(settings, '')), ';{by}=([^;]*)')) as state
    from recordings
) using load
group by state
order by state desc
