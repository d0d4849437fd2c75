-- For wrk: each request is a POST whose body has as many bytes as the argument says.
function init(args)
  wrk.method = "POST"
  wrk.body = string.rep("x", tonumber(args[1]))
end
