-- The worst paths by the share of what was sent again: its mean by bytes, and that of the worst connection
-- least_bytes = 100000: of connections that carried so much
-- top = 20: so many paths
select src_addr, dst_addr, count() as flows, sum(bytes) as bytes_sum,
       sum(retransmit_share * bytes) / sum(bytes) as mean_share, max(retransmit_share) as worst_share
from flows
where bytes >= {least_bytes} and isNotNull(retransmit_share)
group by src_addr, dst_addr
order by mean_share desc, src_addr, dst_addr
limit {top}
