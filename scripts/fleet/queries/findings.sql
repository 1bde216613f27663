-- What explain finds, over all connections: how often, on how many hosts, and for how long it held them up
select finding, count() as connections, uniqExact(host) as hosts, sum(ifNull(cost_ns, 0)) as cost
from findings
group by finding
order by cost desc, connections desc, finding
