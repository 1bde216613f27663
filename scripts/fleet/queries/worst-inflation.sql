-- The worst paths by how far round trips grew: the 95th percentile against the least smoothed one
-- least_bytes = 100000: of connections that carried so much
-- top = 20: so many paths
select src_addr, dst_addr, count() as flows, min(srtt_min_us) as least_us,
       max(rtt_p95_us) as largest_p95_us, max(rtt_p95_us / srtt_min_us) as worst_inflation
from flows
where bytes >= {least_bytes} and isNotNull(rtt_p95_us) and srtt_min_us > 0
group by src_addr, dst_addr
order by worst_inflation desc, src_addr, dst_addr
limit {top}
