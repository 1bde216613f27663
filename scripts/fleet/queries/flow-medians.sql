-- The median over time of a metric of each connection and end, from single samples: that of flows
-- metric = srtt: one that holds: snd_cwnd, srtt, inflight, wire_srtt ...
-- known metric: select 1 from samples where metric = '{metric}' and held_ns > 0 limit 1
select host, recording, flow, src,
       quantileExactWeighted(0.5)(value, assumeNotNull(held_ns)) as median,
       sum(value * held_ns) / sum(held_ns) as mean
from samples
where metric = '{metric}' and held_ns > 0
group by host, recording, flow, src
order by host, recording, flow, src
