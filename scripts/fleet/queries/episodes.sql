-- Loss episodes by host and what began them: how many, for how long, and the longest
select host, what, count() as episodes_count, sum(end_ns - begin_ns) as sum_ns, max(end_ns - begin_ns) as longest_ns
from episodes
group by host, what
order by sum_ns desc, host, what
