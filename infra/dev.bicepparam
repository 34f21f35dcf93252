using 'main.bicep'

param environment = 'dev'
param plan = { kind: 'flexConsumption', memory: 2048, maximumInstances: 10 }
param durableBackend = 'storage'
param grafana = false
param coolAfterDays = 30
param softDeleteDays = 7
