-- Hosts that moved: a figure's median over connections before and after a time, those that moved furthest first
-- figure = rtt_p50_us: a column of flows --all that is a number
-- at = 2026-11-28 12:00:00: a time of UTC
-- least_bytes = 100000: of connections that carried so much
-- known figure: select 1 from figures where figure = '{figure}' and isNotNull(number) limit 1
select host, before_flows, after_flows,
       (b[intDiv(before_flows + 1, 2)] + b[intDiv(before_flows, 2) + 1]) / 2 as before,
       (a[intDiv(after_flows + 1, 2)] + a[intDiv(after_flows, 2) + 1]) / 2 as after,
       after / before - 1 as moved
from (
    select host, countIf(state = 0) as before_flows, countIf(state = 1) as after_flows,
           arraySort(groupArrayIf(number, state = 0)) as b, arraySort(groupArrayIf(number, state = 1)) as a
    from (
        select host, load, assumeNotNull(number) as number
        from figures
        where figure = '{figure}' and isNotNull(number) and (load, flow) global in (select load, flow from flows where bytes >= {least_bytes})
    ) any inner join (
        select load, begin_ns >= toInt64(toUnixTimestamp(toDateTime('{at}', 'UTC'))) * 1000000000 as state
        from recordings
    ) using load
    group by host
)
where before_flows > 0 and after_flows > 0
order by abs(moved) desc, host
