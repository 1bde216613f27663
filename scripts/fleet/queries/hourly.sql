-- A metric by service and hour: least, median over time of the means of seconds, 95th percentile, largest
-- metric = srtt: one that holds: snd_cwnd, srtt, inflight, wire_srtt ...
-- known metric: select 1 from bins where metric = '{metric}' and held_ns > 0 limit 1
select service_port, toDateTime(intDiv(time_ns, 3600000000000) * 3600, 'UTC') as hour,
       min(min) as least, quantileExactWeighted(0.5)(assumeNotNull(mean), assumeNotNull(held_ns)) as median,
       quantileExactWeighted(0.95)(assumeNotNull(mean), assumeNotNull(held_ns)) as p95, max(max) as largest
from bins
where metric = '{metric}' and held_ns > 0
group by service_port, hour
order by service_port, hour
